"""Healthy boots, and boots with one thing wrong: what the check fill says of each."""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from host_tools.catalogue.boards import load_board
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import load_plant, plant_names
from host_tools.sim.check_fill import run_check
from host_tools.verify.healthy.many import PROCESSES
from soleus.core.check_fill.findings import KINKED, NO_HOSE, OPEN, SWAPPED

ALL_WELL = "healthy"
# What is wrong, the fault in the plant, and the code that names it. No leg has no chamber's code.
NO_LEG = "no leg"
WRONG = {
    "no hose": ("hose.{}:off@0s", NO_HOSE),
    "open": ("garment.{}:off@0s", OPEN),
    "kinked": ("hose.{}:kink@0s", KINKED),
    "swapped": ("hose.{}:swapped@0s", SWAPPED),
    NO_LEG: ("leg.{}:away@0s", 0),
}
# Sensors beside the chambers show whose hose was filled; one on the manifold can't.
NEEDS_OWN_SENSORS = "swapped"


@dataclass(frozen=True)
class Draw:
    board: str
    plant: str
    wrong: str
    seed: int


@dataclass(frozen=True)
class Outcome:
    draw: Draw
    is_right: bool
    texts: list[str]
    fill_s: float
    max_mmhg: float
    end_mmhg: float
    fault_code: int
    refused_count: int
    room_ml: list[int]


def kinds_of(board: str) -> list[str]:
    only_manifold = load_board(board).boots.has_manifold_sensor_only
    return [ALL_WELL, *(wrong for wrong in WRONG if not (only_manifold and wrong == NEEDS_OWN_SENSORS))]


def draws_of(board: str, wrong: str, count: int, first: int = 0) -> list[Draw]:
    """As many from each plant file, the chamber or leg in turn."""
    plants = plant_names()
    return [Draw(board, plants[k % len(plants)], wrong, first + k // len(plants)) for k in range(count)]


def outcome_of(draw: Draw) -> Outcome:
    """Right is: what is wrong is named, and nothing else."""
    board = load_board(draw.board)
    boots = board.boots
    index = draw.seed * 7 % boots.count
    leg = index // boots.chambers_per_leg
    faults, codes, no_leg_bits = [], [0] * boots.count, 0
    if draw.wrong in WRONG:
        text, code = WRONG[draw.wrong]
        name = boots.names[index].split(".")[0] if draw.wrong == NO_LEG else boots.names[index]
        faults = [parse_fault(text.format(name), boots)]
        codes[index] = code
        no_leg_bits = int(draw.wrong == NO_LEG) << leg
        if draw.wrong == NEEDS_OWN_SENSORS:
            step = boots.chambers_per_leg if boots.legs > 1 else 1
            codes[(index + step) % boots.count] = code
    check = run_check(board, on_board(load_plant(draw.plant), board.table), faults, draw.seed)
    found = check.findings
    return Outcome(
        draw=draw,
        is_right=found.found == codes and found.no_leg_bits == no_leg_bits and not check.fault_code,
        texts=check.texts,
        fill_s=check.fill_s,
        max_mmhg=check.max_mmhg,
        end_mmhg=check.end_mmhg,
        fault_code=check.fault_code,
        refused_count=check.refused_count,
        room_ml=list(found.room_ml),
    )


def outcomes_of(draws: Iterable[Draw]) -> Iterator[Outcome]:
    """Several at the same time, in fresh processes."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context) as pool:
        yield from pool.map(outcome_of, draws, chunksize=25)
