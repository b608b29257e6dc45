"""The boots and patterns that are walked, and how all of them are walked on all cores."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from host_tools.verify.explore.walk import Walk, walk
from soleus.core.program.words import NEEDS_SEALED_CHAMBERS, PATTERNS

# The quick ones first.
LAYOUTS = tuple(product(("three_way", "fill_vent"), ("manifold", "per_chamber")))


@dataclass(frozen=True)
class Case:
    valves: str
    sensors: str
    pattern: str
    chambers: int

    def __str__(self) -> str:
        return f"{self.chambers} chambers, {self.valves}, {self.sensors} sensors, {self.pattern}"


@dataclass(frozen=True)
class Walked:
    case: Case
    found: Walk
    took_s: float


def all_cases(chambers: int, patterns: Sequence[str] = PATTERNS) -> list[Case]:
    """Every combination of valves, sensors and pattern that the core accepts."""
    return [
        Case(valves, sensors, pattern, chambers)
        for (valves, sensors), pattern in product(LAYOUTS, patterns)
        if valves == "fill_vent" or PATTERNS.index(pattern) not in NEEDS_SEALED_CHAMBERS
    ]


def walk_all(cases: Sequence[Case], workers: int | None = None) -> Iterator[Walked]:
    """Yields each when it is done."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_walked, cases)


def _walked(case: Case) -> Walked:
    started = time.perf_counter()
    found = walk(case.valves, case.sensors, case.pattern, case.chambers)
    return Walked(case, found, time.perf_counter() - started)
