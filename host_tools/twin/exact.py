"""The twin that a perfect bench would find: the plant's own numbers, for comparison."""

import numpy as np

from host_tools.plant.parts.units import BEAT_S
from host_tools.plant.plant import Plant
from host_tools.twin.fit import Fitted, Twin


def exact_twin(plant: Plant, names: list[str]) -> Twin:
    c, v, pump = plant.chambers, plant.valves, plant.pump
    volts = plant.supply.open_v / pump.nominal_v
    values = {
        "free_flow_ml_s": pump.free_flow_ml_s * volts,
        "stall_mmhg": 1.0 / pump.per_stall_mmhg,
        "time_constant_ms": pump.time_constant_ms,
        "relief_mmhg": plant.manifold.relief_mmhg,
    }
    arrays = {
        "dead_ml": c.dead_ml,
        "slack_ml": c.slack_ml,
        "slack_mmhg": 1.0 / c.per_slack_mmhg,
        "compliance_ml_mmhg": c.compliance,
        "leak": c.leak,
        "creep_share": c.creep_full / c.compliance,
        "creep_s": -BEAT_S / np.log(1.0 - c.creep_rate),
        "blood_ml": c.blood_ml,
        "hose_conductance": plant.hoses.healthy_k,
        "fill_conductance": v.full_fill_k,
        "vent_conductance": v.full_vent_k,
        "fill_on_ms": v.on_ms,
        "fill_off_ms": v.off_ms,
        "vent_on_ms": v.on_ms[len(names) :],
        "vent_off_ms": v.off_ms[len(names) :],
        "gain_error": plant.sensors.gain - 1.0,
        "bow_mmhg": plant.sensors.bow_mmhg,
        "coupling_ml_mmhg": c.from_above,
    }
    twin = Twin("", "the plant itself", names, Fitted(values, {}, 0.0))
    for i, name in enumerate(names):
        twin.at[name] = Fitted({key: float(array[i]) for key, array in arrays.items()}, {}, 0.0)
    return twin
