"""The figures of a simulated session: its trace, compared with what its pump and plant allow."""

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim.figures.air import AirSupply, in_series
from host_tools.sim.figures.metrics import MeasureContext, SessionResult, measure
from host_tools.sim.simulate import Session
from host_tools.sim.trace import Trace
from soleus.services.after_fault import pressed_bits, unseen_bits


def session_result(session: Session) -> SessionResult:
    until_ms = session.request.until_ms
    context = MeasureContext(
        air=air_supply(session.trace, session.plant),
        ended_by=session.controller.session.ended_by,
        latch=session.controller.latch,
        wall_s=session.wall_s,
        notices=session.controller.guards.notices,
        pressed_bits=pressed_bits(session.controller),
        unseen_bits=unseen_bits(session.controller),
        until_s=None if until_ms is None else until_ms / 1000,
        was_cut=session.was_cut,
    )
    return measure(session.trace, context)


def air_supply(trace: Trace, plant: Plant) -> AirSupply:
    """This plant's pump at full duty, at the voltage that it had while it ran."""
    pump, valves, hoses = plant.pump, plant.valves, plant.hoses
    running_v = trace.supply_v[trace.pump_permille == 1000]
    speed = float(np.mean(running_v)) / pump.nominal_v if len(running_v) else 1.0

    def flow_ml_s(manifold_mmhg: float) -> float:
        return max(0.0, pump.free_flow_ml_s * speed * (1.0 - manifold_mmhg * pump.per_stall_mmhg))

    ways = zip(valves.full_fill_k, hoses.healthy_k, strict=True)
    return AirSupply(flow_ml_s, [in_series(float(valve), float(hose)) for valve, hose in ways])
