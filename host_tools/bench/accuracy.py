"""How near a bench comes to the truth, on machines drawn at random from a plant file."""

from dataclasses import dataclass

import numpy as np

from host_tools.bench.run import Watching, run_suite
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.bench.truth import truths, volumes_ml
from host_tools.catalogue.boards import Board
from host_tools.plant.files.spec import PlantSpec

VALVES = ("fill.opens", "fill.closes", "vent.opens", "vent.closes")


@dataclass(frozen=True)
class Errors:
    """What the bench measured on one machine, less the truth: for every chamber, valve and back-pressure."""

    leak_percent: np.ndarray
    volume_percent: np.ndarray
    valve_ms: dict[str, np.ndarray]
    pump_percent: np.ndarray
    relief_mmhg: float


def errors_of(board: Board, plant: PlantSpec, seed: int) -> Errors:
    """Runs the four steps whose figures the plant itself can confirm, in the order of the suite."""
    target = SimTarget(board, plant, seed)
    measured: dict[str, float] = {}

    def on_step(step: str, _: object) -> None:
        target.keeps_truth = step == "volume"

    for suite in ("valves", "volumes", "leak"):
        run = run_suite(target, suite, watching=Watching(on_step))
        measured |= {line.key: float("nan") if line.value is None else line.value for line in run.lines}
    taken_ml = volumes_ml(target)
    true = truths(target.thawed_plant())
    names = board.boots.names

    def each(key: str) -> np.ndarray:
        return np.array([measured[f"{key}.{name}"] for name in names])

    pump = np.array([measured[f"pump.{mmhg}"] / flow - 1 for mmhg, flow in true.pump_l_min.items()])
    return Errors(
        leak_percent=(each("leak") / true.leak_mmhg_min - 1) * 100,
        volume_percent=(each("volume") / taken_ml - 1) * 100,
        valve_ms={key: each(key) - true.valve_ms[key] for key in VALVES},
        pump_percent=pump * 100,
        relief_mmhg=measured["relief"] - true.relief_mmhg,
    )
