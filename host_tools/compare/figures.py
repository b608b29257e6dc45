"""A session in the few numbers by which programs differ."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from host_tools.catalogue.boards import Board
from host_tools.plant.parts.units import BEAT_S, SAFE_MMHG
from host_tools.sim import simulate
from host_tools.sim.request import prepare
from soleus.core.basics.boots import ZONES, Boots
from soleus.core.program.words import PATTERNS
from soleus.core.session.session import RUNNING


@dataclass(frozen=True)
class Figures:
    """Of the whole session, from the true pressures; `pressed_min` and `mean_mmhg` are those of each zone."""

    program: str
    outcome: str
    minutes: float
    pressure_mmhg: int
    cycles: int
    air_l: float
    pressed_min: dict[str, float]
    mean_mmhg: dict[str, float]
    highest_mmhg: float
    clicks: int
    pump_min: float
    energy_wh: float


def program_for(name: str) -> str:
    """A pattern's name stands for the plain program with that pattern."""
    return f"plain-{name}" if name in PATTERNS else name


def compare(
    programs: Sequence[str],
    board: str | Board,
    plant: str,
    seed: int = 0,
    minutes: int | None = None,
    pressure: int | None = None,
    on_next: Callable[[str], None] = lambda _: None,
) -> list[Figures]:
    """All are checked before the first one runs: a refusal must not wait for the others' sessions."""
    names = [program_for(name) for name in programs]
    requests = [prepare(name, board, plant, minutes, pressure, seed=seed) for name in names]
    found = []
    for request in requests:
        on_next(request.program.id)
        found.append(figures(simulate.run(request, is_only_one=len(requests) < 3)))
    return found


def figures(session: simulate.Session) -> Figures:
    request, trace = session.request, session.trace
    pressed = trace.pressure_mmhg > SAFE_MMHG
    ran = trace.state == RUNNING
    return Figures(
        program=request.program.id,
        outcome="fault" if session.controller.latch.code else "completed",
        minutes=round(float(trace.time_s[-1]) / 60, 2),
        pressure_mmhg=request.pressure_mmhg,
        cycles=int(trace.cycle.max(initial=0)) + 1,
        air_l=round(float(trace.pump_flow_ml_s.sum()) * BEAT_S / 1000, 2),
        pressed_min=_of_zones(request.board.boots, pressed.sum(axis=0) * BEAT_S / 60),
        mean_mmhg=_of_zones(request.board.boots, trace.pressure_mmhg[ran].mean(axis=0)),
        highest_mmhg=round(float(trace.pressure_mmhg.max()), 1),
        clicks=_clicks(trace.fill_bits) + _clicks(trace.seal_bits),
        pump_min=round(float((trace.pump_permille > 0).sum()) * BEAT_S / 60, 2),
        energy_wh=round(float(session.plant.supply.used_wh), 3),
    )


def as_table(found: list[Figures], board: str, plant: str, seed: int) -> dict[str, Any]:
    """For `--json`."""
    return {"board": board, "plant": plant, "seed": seed, "programs": [asdict(one) for one in found]}


def _of_zones(boots: Boots, by_chamber: np.ndarray) -> dict[str, float]:
    """The mean of a zone's chambers, of both legs."""
    zone_of = np.array(boots.zone_of)
    return {
        zone: round(float(by_chamber[zone_of == index].mean()), 2)
        for index, zone in enumerate(ZONES)
        if (zone_of == index).any()
    }


def _clicks(bits: np.ndarray) -> int:
    """Each coil that goes on or off is heard."""
    changed = np.bitwise_xor(bits[1:].astype(np.int64), bits[:-1].astype(np.int64))
    return int(sum(((changed >> valve) & 1).sum() for valve in range(32)))
