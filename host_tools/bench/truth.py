"""What a bench should measure on a simulated machine, taken from the plant itself and not its sensors."""

from dataclasses import dataclass

import numpy as np

from host_tools.bench.steps.air import BACK_PRESSURES, FULL_MMHG
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.plant.parts.chambers import BLOOD_HALF_MMHG
from host_tools.plant.parts.gas import in_series
from host_tools.plant.parts.units import AMBIENT_MMHG, BEAT_MS, ML_S_PER_L_MIN
from host_tools.plant.plant import Plant

LEAK_AT_MMHG = 80.0


@dataclass(frozen=True)
class Truths:
    leak_mmhg_min: np.ndarray
    valve_ms: dict[str, np.ndarray]
    pump_l_min: dict[int, float]
    relief_mmhg: float


def truths(plant: Plant, first: int = 0) -> Truths:
    valves, count = plant.valves, plant.chambers.count
    # A substep computes its flow from the mean opening, so pressures follow the armatures later by a part of
    # it. With a tenth of the substep, a bench finds the moments that much earlier on the same machines.
    substep_ms = BEAT_MS / plant.network.moving_substeps
    half_ms = valves.travel_ms / 2 + substep_ms / 2
    return Truths(
        leak_mmhg_min=leak_mmhg_min(plant),
        valve_ms={
            "fill.opens": (valves.on_ms + half_ms)[:count],
            "fill.closes": (valves.off_ms + half_ms)[:count],
            "vent.opens": (valves.off_ms + half_ms)[count:],
            "vent.closes": (valves.on_ms + half_ms)[count:],
        },
        pump_l_min={mmhg: pump_flow_ml_s(plant, mmhg, first) / ML_S_PER_L_MIN for mmhg, _ in BACK_PRESSURES},
        relief_mmhg=plant.manifold.relief_mmhg,
    )


def leak_mmhg_min(plant: Plant, mmhg: float = LEAK_AT_MMHG) -> np.ndarray:
    """The leak of a chamber that was sealed long ago: flesh, fabric and blood follow its slow fall."""
    c = plant.chambers
    soft = c.compliance + c.creep_full + c.blood_ml * BLOOD_HALF_MMHG / (mmhg + BLOOD_HALF_MMHG) ** 2
    slope = (1 + mmhg / AMBIENT_MMHG) * soft + _settled_ml(plant, mmhg) / AMBIENT_MMHG
    return np.asarray(c.leak * mmhg / slope * 60.0)


def volumes_ml(target: SimTarget, mmhg: float = FULL_MMHG) -> np.ndarray:
    """The ambient air that each chamber took in the step `volume`, from the plant's own numbers."""
    air = np.concatenate([rows["air_ml"] for rows in target.truth])
    pressure = np.concatenate([rows["pressure_mmhg"] for rows in target.truth])
    c = target.plant.chambers
    taken = np.zeros(c.count)
    for i in range(c.count):
        full = int(np.argmax(air[:, i]))
        p = pressure[full, i]
        slope = (1 + p / AMBIENT_MMHG) * c.compliance[i] + air[full, i] / (AMBIENT_MMHG + p)
        taken[i] = air[full, i] - air[:full, i].min() + slope * (mmhg - p)
    return taken


def pump_flow_ml_s(plant: Plant, vessel_mmhg: float, first: int) -> float:
    """The flow into a vessel on that hose, with the battery under load and the relief valve at work."""
    pump = plant.pump
    k = in_series(float(plant.valves.full_fill_k[first]), float(plant.hoses.healthy_k[first]))
    low, high = vessel_mmhg, 2000.0
    for _ in range(60):
        manifold = 0.5 * (low + high)
        volts = _loaded_v(plant, manifold)
        free = pump.free_flow_ml_s * volts / pump.nominal_v
        given = max(0.0, free * (1 - manifold * pump.per_stall_mmhg)) - plant.manifold.lost_flow(manifold)
        taken = k * np.sqrt(max(0.0, manifold - vessel_mmhg))
        low, high = (manifold, high) if given > taken else (low, manifold)
    return float(k * np.sqrt(max(0.0, low - vessel_mmhg)))


def _loaded_v(plant: Plant, manifold_mmhg: float) -> float:
    supply = plant.supply
    # The motor's power is proportional to its speed, and that to the voltage.
    load_w = plant.pump.idle_w + plant.pump.load_w_per_mmhg * manifold_mmhg + supply.electronics_w
    return float(supply.open_v - load_w / plant.pump.nominal_v * supply.ohm)


def _settled_ml(plant: Plant, mmhg: float) -> np.ndarray:
    c = plant.chambers
    blood = c.blood_ml * mmhg / (mmhg + BLOOD_HALF_MMHG)
    return np.asarray(c.dead_ml + c.slack_ml + blood + (c.compliance + c.creep_full) * mmhg)
