"""Walks panel and session together: completely where that ends, else as far as it is told, and at random."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator

from host_tools.verify.panel.machine import Happening
from host_tools.verify.panel.walk import BEGIN, CASES, walk, wander

STATES_MOST = 300_000
WAYS, STEPS = 200, 2000


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m host_tools.verify.panel", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--case", choices=CASES, action="append", help="one of them instead of all")
    parser.add_argument("--states", type=int, default=STATES_MOST, help="a case ends beyond so many")
    parser.add_argument("--ways", type=int, default=WAYS, help=f"at random, {STEPS} steps each")
    asked = parser.parse_args()
    broken = [name for name in asked.case or CASES if _is_broken(name, asked.states, asked.ways)]
    return int(bool(broken))


def _is_broken(name: str, states_most: int, ways: int) -> bool:
    started = time.perf_counter()
    found = walk(CASES[name], states_most)
    took_s = time.perf_counter() - started
    how = "complete" if found.is_complete else "broken off"
    print(
        f"{name}: {found.states:,} states, {found.transitions:,} transitions, {how}, {took_s:.0f} s",
        flush=True,
    )
    lines = [f"{law}: {way}" for law, way in found.broken.items()]
    dice = random.Random(name)
    lines += [wander(CASES[name], _steps(dice)) for _ in range(ways)]
    broken = [line for line in lines if line]
    for line in broken:
        print(f"  BROKEN: {line}")
    print(f"{name}: {ways} ways of {STEPS} steps, {len(broken)} broken laws", flush=True)
    return bool(broken)


def _steps(dice: random.Random) -> Iterator[int | Happening]:
    """Half of them are on the way to a session: few would come to one else."""
    for _ in range(STEPS // 2):
        yield dice.randrange(1 << 20)
        if dice.random() < 1 / len(BEGIN):
            yield from BEGIN


if __name__ == "__main__":
    sys.exit(main())
