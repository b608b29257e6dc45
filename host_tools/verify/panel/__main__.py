"""Walks panel and session together: completely where that ends, else as far as it is told, and at random."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    parser.add_argument("--json", type=Path, default=None, help="write what was found into this file")
    asked = parser.parse_args()
    rows = [_walked(name, asked.states, asked.ways) for name in asked.case or CASES]
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return int(any(row["broken"] for row in rows))


def _walked(name: str, states_most: int, ways: int) -> dict[str, Any]:
    started = time.perf_counter()
    found = walk(CASES[name], states_most)
    took_s = time.perf_counter() - started
    how = "complete" if found.is_complete else "broken off"
    sizes = f"{found.states:,} states, {found.transitions:,} transitions, {how}"
    print(f"{name}: {sizes}, {took_s:.0f} s", flush=True)
    broken = [f"{law}: {way}" for law, way in found.broken.items()]
    dice = random.Random(name)
    broken += filter(None, [wander(CASES[name], _steps(dice)) for _ in range(ways)])
    for line in broken:
        print(f"  BROKEN: {line}")
    return {
        "case": name,
        "states": found.states,
        "transitions": found.transitions,
        "is_complete": found.is_complete,
        "ways": ways,
        "broken": broken,
    }


def _steps(dice: random.Random) -> Iterator[int | Happening]:
    """Half of them are on the way to a session: few would come to one else."""
    for _ in range(STEPS // 2):
        yield dice.randrange(1 << 20)
        if dice.random() < 1 / len(BEGIN):
            yield from BEGIN


if __name__ == "__main__":
    sys.exit(main())
