"""How well a twin predicts the boots' pressures in a program that it wasn't fitted to."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from host_tools.catalogue.boards import Board
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec
from host_tools.sim.compiled import freeze
from host_tools.sim.simulate import simulate
from host_tools.sim.trace import Trace
from host_tools.twin.forward import drive_boots
from soleus.core.basics.signals import Commands, Readings
from soleus.core.session.session import RUNNING

PRESSED_MMHG = 10.0
AROUND_TICKS = 100


@dataclass(frozen=True)
class Prediction:
    """Predicted against true pressures: mmHg RMS over all chambers and cycles after the first."""

    # Each chamber is compared from when it comes under pressure: what the leg feels.
    shape_mmhg: float
    # The twin gets the machine's commands; compared wherever a chamber of either is under pressure.
    driven_mmhg: float
    # Each cycle is compared from its start, so that longer or shorter fills count.
    rhythm_mmhg: float


def predict(
    board: Board, plant: PlantSpec, twin: PlantSpec, seed: int, program: str, minutes: int | None = None
) -> Prediction:
    plant, twin = on_board(plant, board.table), on_board(twin, board.table)
    real = simulate(program, board, plant, minutes=minutes, seed=seed).trace
    predicted = simulate(program, board, twin, minutes=minutes, seed=seed + 1).trace
    shape: list[np.ndarray] = []
    rhythm: list[np.ndarray] = []
    for a, b in list(zip(_cycles(real), _cycles(predicted), strict=False))[1:]:
        p, q = real.pressure_mmhg[a], predicted.pressure_mmhg[b]
        length = min(len(p), len(q))
        rhythm.append((p[:length] - q[:length]).ravel())
        pressed = (p > PRESSED_MMHG).any(axis=0) & (q > PRESSED_MMHG).any(axis=0)
        shape += [_aligned(p[:, i], q[:, i]) for i in np.flatnonzero(pressed)]
    return Prediction(
        _rms(np.concatenate(shape)), _driven(real, board, twin, seed + 1), _rms(np.concatenate(rhythm))
    )


def _driven(real: Trace, board: Board, twin: PlantSpec, seed: int) -> float:
    """Open loop: no regulator hides a difference in longer or shorter fills, and no noise adds one."""
    predicted = np.zeros_like(real.pressure_mmhg)
    fill, seal, pump, gate = (
        np.ascontiguousarray(column, np.int64)
        for column in (real.fill_bits, real.seal_bits, real.pump_permille, real.gate_on)
    )
    plant = freeze(draw_plant(twin, board.boots, seed))
    commands, readings = freeze(Commands()), freeze(Readings(board.boots.count))
    drive_boots(plant, commands, readings, fill, seal, pump, gate, predicted)
    is_pressed = (np.maximum(predicted, real.pressure_mmhg) > PRESSED_MMHG) & (real.state == RUNNING)[:, None]
    return _rms((predicted - real.pressure_mmhg)[is_pressed])


def _aligned(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Both from a second before they come under pressure, cut to the shorter one."""
    starts = [int(np.argmax(x > PRESSED_MMHG)) for x in (p, q)]
    ends = [len(x) - int(np.argmax(x[::-1] > PRESSED_MMHG)) for x in (p, q)]
    before = min(AROUND_TICKS, *starts)
    length = min(end - start for end, start in zip(ends, starts, strict=True))
    pieces = [x[start - before : start + length] for x, start in zip((p, q), starts, strict=True)]
    return np.asarray(pieces[0] - pieces[1])


def _rms(off: np.ndarray) -> float:
    return float(np.sqrt(np.mean(off**2)))


def _cycles(trace: Trace) -> list[slice]:
    running = np.flatnonzero(trace.state == RUNNING)
    starts = [int(running[0]), *(np.flatnonzero(np.diff(trace.cycle) > 0) + 1).tolist()]
    return [slice(start, end) for start, end in pairwise(starts)]
