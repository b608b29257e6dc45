"""Walks every discrete state of a small boot, completely: all layouts and patterns of one leg.

This package needs nothing but Python 3.9, because PyPy walks six times as fast, and Debian's is 3.9.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from host_tools.verify.explore.cases import Walked, all_cases, walk_all
from host_tools.verify.explore.walk import CHAMBERS
from soleus.core.program.words import PATTERNS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m host_tools.verify.explore", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--chambers", type=int, choices=range(1, len(CHAMBERS) + 1), default=len(CHAMBERS))
    parser.add_argument("--pattern", choices=PATTERNS, action="append", help="one of them instead of all")
    parser.add_argument("--workers", type=int, default=None, help="processes; all cores by default")
    parser.add_argument("--json", type=Path, default=None, help="write what was found into this file")
    asked = parser.parse_args()
    cases = all_cases(asked.chambers, asked.pattern or PATTERNS)
    done: list[Walked] = []
    for walked in walk_all(cases, asked.workers):
        print(_line(walked), flush=True)
        done.append(walked)
    done.sort(key=lambda walked: cases.index(walked.case))
    if asked.json:
        _write_whole(asked.json, json.dumps([_row(walked) for walked in done], indent=2) + "\n")
    print(_total(done))
    return int(any(walked.found.broken for walked in done))


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _line(walked: Walked) -> str:
    found = walked.found
    sizes = f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}"
    lines = [f"{walked.case}: {sizes}, {walked.took_s:.0f} s"]
    lines += [f"  BROKEN: {law}\n    {where}" for law, where in found.broken.items()]
    return "\n".join(lines)


def _total(done: list[Walked]) -> str:
    states, transitions = sum(w.found.states for w in done), sum(w.found.transitions for w in done)
    broken = sum(len(w.found.broken) for w in done)
    return f"{states:,} states, {transitions:,} transitions, {broken} broken laws"


def _row(walked: Walked) -> dict[str, str | int | list[str]]:
    case, found = walked.case, walked.found
    return {
        "valves": case.valves,
        "sensors": case.sensors,
        "pattern": case.pattern,
        "chambers": case.chambers,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "broken": list(found.broken),
    }


if __name__ == "__main__":
    sys.exit(main())
