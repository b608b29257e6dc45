"""What the sensor of one simulated chamber would have shown for the commands of a bench run."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from host_tools.basics.defaults import DEFAULT_PLANT
from host_tools.bench.measure.pump_curve import RELIEF_K
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.parts.units import AMBIENT_MMHG
from host_tools.plant.plant import Plant
from host_tools.sim.compiled import compiled, freeze
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.signals import Commands, Readings

# Plant files describe one chamber of five to a leg; here there is one alone.
SOLO = {"legs": 1, "chambers": ["foot"], "zones": ["foot"], "valves": "fill_vent", "sensors": "per_chamber"}


@dataclass(frozen=True)
class ChamberRun:
    """The commands of every tick, and the readings of those ticks that were kept."""

    joined: np.ndarray
    sealed: np.ndarray
    pump: np.ndarray
    kept: np.ndarray
    mmhg: np.ndarray
    # The name of the value that stands for the air left in the manifold by the fill before.
    trapped: str = "trapped_mmhg"
    # The pump's voltage, as a share of that at the bench's start.
    battery_share: float = 1.0


@compiled
def drive(plant: Any, commands: Any, readings: Any, joined: Any, sealed: Any, pump: Any, shown: Any) -> None:
    """Open loop: the readings of tick k come before its command."""
    for k in range(len(joined)):
        plant.tick(commands, readings)
        shown[k] = plant.truth.node_mmhg[0]
        commands.fill_bits = joined[k]
        commands.seal_bits = sealed[k]
        commands.pump_permille = pump[k]


@compiled
def drive_boots(
    plant: Any, commands: Any, readings: Any, fill: Any, seal: Any, pump: Any, gate: Any, pressures: Any
) -> None:
    """The same with all chambers; writes their true pressures to `pressures`."""
    for k in range(len(fill)):
        plant.tick(commands, readings)
        for i in range(pressures.shape[1]):
            pressures[k, i] = plant.truth.pressure_mmhg[i]
        commands.fill_bits = fill[k]
        commands.seal_bits = seal[k]
        commands.pump_permille = pump[k]
        commands.gate_on = gate[k]


class SoloPlant:
    """A plant of one chamber without randomness: no jitter, no noise, no ripple."""

    def __init__(self) -> None:
        nominal = load_plant(DEFAULT_PLANT)
        self.boots = read_boots(SOLO)
        self.spec: PlantSpec = nominal.model_copy(update={"at": {}})

    def shown(self, run: ChamberRun, values: dict[str, float]) -> np.ndarray:
        plant = draw_plant(self.spec, self.boots, 0)
        settle(plant, values)
        plant.pump.free_flow_ml_s *= run.battery_share
        plant.manifold.air_ml *= 1.0 + values.get(run.trapped, 0.0) / AMBIENT_MMHG
        readings, commands = Readings(1), Commands()
        shown = np.zeros(len(run.joined))
        drive(freeze(plant), freeze(commands), freeze(readings), run.joined, run.sealed, run.pump, shown)
        mmhg = shown[run.kept]
        part = mmhg / plant.sensors.range_mmhg
        gain, bow = 1.0 + values.get("gain_error", 0.0), values.get("bow_mmhg", 0.0)
        return np.asarray(mmhg * gain + 4.0 * bow * part * (1.0 - part))


def settle(plant: Plant, values: dict[str, float]) -> None:
    """Set these values; everything else is as on a middling machine."""
    c, v = plant.chambers, plant.valves
    v.jitter_ms[:] = 0.0
    plant.pump.ripple = 0.0
    plant.pump.free_flow_ml_s = values["free_flow_ml_s"]
    plant.pump.per_stall_mmhg = 1.0 / values["stall_mmhg"]
    plant.pump.time_constant_ms = values["time_constant_ms"]
    plant.supply.capacity_wh = 1e6
    plant.supply.start_charge = 1.0
    plant.manifold.leak = 0.004
    plant.manifold.volume_ml = plant.manifold.air_ml = 26.0
    plant.manifold.relief_k = RELIEF_K
    plant.manifold.relief_mmhg = values.get("relief_mmhg", 150.0)
    v.full_fill_k[:] = values["fill_conductance"]
    v.full_vent_k[:] = values.get("vent_conductance", 28.0)
    plant.hoses.healthy_k[:] = plant.hoses.hose_k[:] = values["hose_conductance"]
    v.on_ms[0], v.off_ms[0] = values.get("fill_on_ms", 10.5), values.get("fill_off_ms", 16.0)
    v.on_ms[1], v.off_ms[1] = values.get("vent_on_ms", 10.5), values.get("vent_off_ms", 16.0)
    v.travel_ms[:] = 3.5
    c.dead_ml[:] = values["dead_ml"]
    c.slack_ml[:] = values["slack_ml"]
    c.per_slack_mmhg[:] = 1.0 / values["slack_mmhg"]
    c.compliance[:] = values["compliance_ml_mmhg"]
    c.leak[:] = values["leak"]
    c.creep_full[:] = values["creep_share"] * values["compliance_ml_mmhg"]
    c.creep_rate[:] = 1.0 - np.exp(-0.01 / values["creep_s"])
    c.blood_ml[:] = values["blood_ml"]
    c.blood_out_rate = 1.0 - float(np.exp(-0.01 / 4.0))
    c.blood_back_rate = 1.0 - float(np.exp(-0.01 / 40.0))
    c.heat_share, c.cooling = 0.013, float(np.exp(-0.01 / 2.0))
    c.air_ml[:] = values["dead_ml"] + values.get("left_ml", 0.0)
    c.room_ml[:] = c.slack_ml
    c.pressure_mmhg[:] = 0.05
