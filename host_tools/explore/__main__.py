"""`python -m host_tools.explore`: all layouts and patterns of one leg with three chambers, completely."""

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from host_tools.explore.walk import CHAMBERS, Walk, walk
from soleus.core.program import NEEDS_SEALED_CHAMBERS, PATTERNS

LAYOUTS = tuple(product(("fill_vent", "three_way"), ("per_chamber", "manifold")))

Case = tuple[str, str, str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m host_tools.explore", description=__doc__)
    parser.add_argument("--chambers", type=int, choices=range(1, len(CHAMBERS) + 1), default=len(CHAMBERS))
    parser.add_argument("--pattern", choices=PATTERNS, action="append", help="one of them instead of all")
    parser.add_argument("--workers", type=int, default=None)
    asked = parser.parse_args()
    cases = [case for case in all_cases() if not asked.pattern or case[2] in asked.pattern]
    context = multiprocessing.get_context("spawn")
    is_broken = False
    with ProcessPoolExecutor(asked.workers, context) as pool:
        for case, (found, took_s) in zip(
            cases, pool.map(_timed, cases, [asked.chambers] * len(cases)), strict=True
        ):
            print(_line(case, found, took_s), flush=True)
            is_broken = is_broken or bool(found.broken)
    return int(is_broken)


def all_cases() -> list[Case]:
    """Valves, sensors, pattern: all that go together."""
    return [
        (valves, sensors, pattern)
        for (valves, sensors), pattern in product(LAYOUTS, PATTERNS)
        if valves == "fill_vent" or PATTERNS.index(pattern) not in NEEDS_SEALED_CHAMBERS
    ]


def _timed(case: Case, chambers: int) -> tuple[Walk, float]:
    started = time.perf_counter()
    return walk(*case, chambers), time.perf_counter() - started


def _line(case: Case, found: Walk, took_s: float) -> str:
    sizes = f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}"
    lines = [f"{', '.join(case)}: {sizes}, {took_s:.0f} s"]
    lines += [f"  BROKEN: {law}\n    {where}" for law, where in found.broken.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
