"""Moves air for one beat of 10 ms: pump, manifold, valves, hoses, chambers, atmosphere.

Every mL that leaves one place enters another in the same line of code, so the total is conserved to
rounding. The manifold is implicit because it is stiff; chambers are a hundred times softer, so the
explicit step is exact enough for them: within 0.1 mmHg of a fine Runge-Kutta, as
tests/plant/test_plant_accuracy.py measures.
"""

import numpy as np

from host_tools.plant.parts.chambers import Chambers
from host_tools.plant.parts.gas import PER_AMBIENT, air_flow, in_series
from host_tools.plant.parts.manifold import Manifold, flow_into, node_pressure
from host_tools.plant.parts.pump import Pump
from host_tools.plant.parts.units import AMBIENT_MMHG, BEAT_MS
from host_tools.plant.parts.valves import Valves

STILL_MMHG = 2.0


class Hoses:
    """One from each valve to its chamber; the sensor taps the valve's side.

    With a `volume_ml` of its own a hose holds air, and its pressure follows from that.
    """

    def __init__(self, conductance: np.ndarray, volume_ml: float) -> None:
        self.healthy_k = conductance
        self.hose_k = conductance.copy()
        self.hole_k = np.zeros(len(conductance))
        self.volume_ml = volume_ml
        self.air_ml = np.full(len(conductance), volume_ml)

    def heal(self) -> None:
        for i in range(len(self.hose_k)):
            self.hose_k[i] = self.healthy_k[i]
            self.hole_k[i] = 0.0


class AirBalance:
    """Where the air went since the start; `pumped - vented - leaked` is what the boots have gained."""

    def __init__(self) -> None:
        self.pumped_ml = 0.0
        self.vented_ml = 0.0
        self.leaked_ml = 0.0


class Network:
    """The integrator, and the sizes of its substeps."""

    def __init__(self, steady_substeps: int, moving_substeps: int) -> None:
        self.steady_substeps = steady_substeps
        self.moving_substeps = moving_substeps
        self.manifold_max_mmhg = 0.0
        self.pump_flow_ml_s = 0.0

    def advance(
        self,
        now_ms: int,
        armatures_move: bool,
        pump: Pump,
        manifold: Manifold,
        valves: Valves,
        hoses: Hoses,
        chambers: Chambers,
        balance: AirBalance,
    ) -> None:
        valves.stand_still(hoses.hole_k)
        substeps = self.moving_substeps
        if not armatures_move:
            is_still = pump.stands_still() and is_still_air(valves.fill_k, valves.air_k, chambers)
            substeps = 1 if is_still else self.steady_substeps
        dt_ms = BEAT_MS / substeps
        keep_speed = pump.slowing(dt_ms)
        pumped_ml = 0.0
        for k in range(substeps):
            if armatures_move:
                valves.travel(now_ms + k * dt_ms, dt_ms, hoses.hole_k)
            free_flow = pump.spin(dt_ms, keep_speed)
            pumped_ml += self.substep(
                dt_ms * 0.001, free_flow, pump, manifold, valves, hoses, chambers, balance
            )
            # The last substep is settled with the rest of the beat.
            if k + 1 < substeps:
                chambers.settle(False)
            if manifold.pressure_mmhg > self.manifold_max_mmhg:
                self.manifold_max_mmhg = manifold.pressure_mmhg
        self.pump_flow_ml_s = pumped_ml * (1000.0 / BEAT_MS)
        balance.pumped_ml += pumped_ml

    def substep(
        self,
        dt_s: float,
        free_flow: float,
        pump: Pump,
        manifold: Manifold,
        valves: Valves,
        hoses: Hoses,
        chambers: Chambers,
        balance: AirBalance,
    ) -> float:
        """Move the air of one substep; return how much the pump moved."""
        fill_k, air_k, hose_k = valves.fill_k, valves.air_k, hoses.hose_k
        pressure, node, gained_ml = chambers.pressure_mmhg, chambers.node_mmhg, chambers.gained_ml
        hose_room = hoses.volume_ml * PER_AMBIENT / dt_s
        after = manifold.pressure_after(
            dt_s, free_flow, pump.per_stall_mmhg, fill_k, air_k, hose_k, pressure, node, hose_room
        )
        # The check valve: above its stall pressure the pump passes no air, in either direction.
        pumped_ml = float(dt_s * max(0.0, free_flow * (1.0 - after * pump.per_stall_mmhg)))
        lost_ml = dt_s * manifold.lost_flow(after)
        given_ml = pumped_ml - lost_ml
        vented_ml = 0.0
        for i in range(len(fill_k)):
            if hose_room > 0.0:
                in_ml, out_ml = fill_hose(i, dt_s, hose_room, after, valves, hoses, chambers)
                given_ml -= in_ml
                vented_ml += out_ml
            elif fill_k[i] > 0.0:
                taken, _, node[i] = flow_into(
                    after, float(pressure[i]), float(fill_k[i]), float(air_k[i]), float(hose_k[i]), 0.0, 0.0
                )
                vented = air_flow(air_k[i], node[i]) if air_k[i] > 0.0 else 0.0
                given_ml -= dt_s * taken
                vented_ml += dt_s * vented
                gained_ml[i] = dt_s * (taken - vented)
            elif air_k[i] > 0.0:
                both = in_series(air_k[i], hose_k[i])
                vented = air_flow(both, pressure[i])
                share = both / air_k[i]
                node[i] = pressure[i] * share * share
                vented_ml += dt_s * vented
                gained_ml[i] = -dt_s * vented
            else:
                node[i] = pressure[i]
        manifold.air_ml += float(given_ml)
        manifold.pressure_mmhg = (manifold.air_ml / manifold.volume_ml - 1.0) * AMBIENT_MMHG
        balance.vented_ml += float(vented_ml)
        balance.leaked_ml += float(lost_ml)
        return pumped_ml


def fill_hose(
    i: int,
    dt_s: float,
    hose_room: float,
    manifold_mmhg: float,
    valves: Valves,
    hoses: Hoses,
    chambers: Chambers,
) -> tuple[float, float]:
    """Move the air of one hose that has a volume; return what came out of the manifold, and what was vented.

    The hose is as stiff as the manifold, so its pressure at the end of the substep is solved for, too.
    """
    fill_k, air_k, hose_k = float(valves.fill_k[i]), float(valves.air_k[i]), float(hoses.hose_k[i])
    pressure, before = float(chambers.pressure_mmhg[i]), float(chambers.node_mmhg[i])
    node = node_pressure(manifold_mmhg, pressure, fill_k, air_k, hose_k, before, hose_room)
    in_ml = dt_s * air_flow(fill_k, manifold_mmhg - node)
    out_ml = dt_s * air_flow(air_k, node)
    gained_ml = dt_s * air_flow(hose_k, node - pressure)
    chambers.gained_ml[i] = gained_ml
    hoses.air_ml[i] += in_ml - out_ml - gained_ml
    chambers.node_mmhg[i] = (hoses.air_ml[i] / hoses.volume_ml - 1.0) * AMBIENT_MMHG
    return in_ml, out_ml


def is_still_air(fill_k: np.ndarray, air_k: np.ndarray, chambers: Chambers) -> bool:
    """No chamber is joined to the manifold, and open ones are nearly empty: one step a beat is enough."""
    for i in range(len(fill_k)):
        if fill_k[i] > 0.0 or (air_k[i] > 0.0 and abs(chambers.pressure_mmhg[i]) > STILL_MMHG):
            return False
    return True
