"""`python -m host_tools.verify.fit`: the check fill on healthy boots, and on boots with one thing wrong."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from host_tools.catalogue.boards import board_names
from host_tools.output.page import table
from host_tools.verify.fit.draws import ALL_WELL, Outcome, draws_of, kinds_of, outcomes_of

HEALTHY_DRAWS = 5000
WRONG_DRAWS = 500
RIGHT_LEAST_PERCENT = 95
_HEADINGS = (
    "board",
    "boots",
    "draws",
    "right",
    "longest, s",
    "highest, mmHg",
    "at the end, mmHg",
    "else said",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m host_tools.verify.fit", description=(__doc__ or "").split("`: ")[1]
    )
    parser.add_argument("--board", choices=board_names(), action="append", help="one of them instead of all")
    parser.add_argument("--healthy", type=int, default=HEALTHY_DRAWS, help="healthy boots a board; 5000")
    parser.add_argument("--wrong", type=int, default=WRONG_DRAWS, help="draws of each fault a board; 500")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--json", type=Path, default=None, help="bring this file up to date with what was found"
    )
    asked = parser.parse_args()
    rows, found = [], []
    is_short = False
    for board in asked.board or board_names():
        for kind in kinds_of(board):
            count = asked.healthy if kind == ALL_WELL else asked.wrong
            outcomes = list(outcomes_of(draws_of(board, kind, count, asked.first)))
            rows.append(row_of(board, kind, outcomes))
            found.append(found_in(board, kind, outcomes))
            print(table(_HEADINGS, rows[-1:]), flush=True, file=sys.stderr)
            is_short = is_short or falls_short(kind, outcomes)
    print(table(_HEADINGS, rows))
    if asked.json:
        keep(asked.json, found)
    return int(is_short)


def row_of(board: str, kind: str, outcomes: list[Outcome]) -> tuple[str, ...]:
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    plants = Counter(outcome.draw.plant for outcome in wrong)
    return (
        board,
        kind,
        str(len(outcomes)),
        f"{100 * (1 - len(wrong) / len(outcomes)):.1f} %" if wrong else "all",
        f"{max(outcome.fill_s for outcome in outcomes):.1f}",
        f"{max(outcome.max_mmhg for outcome in outcomes):.1f}",
        f"{max(outcome.end_mmhg for outcome in outcomes):.1f}",
        ", ".join(f"{plant} {count}" for plant, count in plants.most_common()),
    )


def found_in(board: str, kind: str, outcomes: list[Outcome]) -> dict[str, Any]:
    wrong = Counter(outcome.draw.plant for outcome in outcomes if not outcome.is_right)
    return {
        "board": board,
        "kind": kind,
        "draws": len(outcomes),
        "right": len(outcomes) - wrong.total(),
        "wrong_on": dict(wrong.most_common()),
        "longest_s": round(max(outcome.fill_s for outcome in outcomes), 1),
        "highest_mmhg": round(max(outcome.max_mmhg for outcome in outcomes), 1),
    }


def keep(file: Path, found: list[dict[str, Any]]) -> None:
    """Rows of other boards stay as they are."""
    boards = {row["board"] for row in found}
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    rows = [row for row in before if row["board"] not in boards] + found
    rows.sort(key=lambda row: board_names().index(row["board"]))
    file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def falls_short(kind: str, outcomes: list[Outcome]) -> bool:
    right = sum(outcome.is_right for outcome in outcomes)
    least = 100 if kind == ALL_WELL else RIGHT_LEAST_PERCENT
    return right * 100 < least * len(outcomes)


if __name__ == "__main__":
    sys.exit(main())
