"""`python -m host_tools.verify.diaries`: false alarms in diaries without effect, and reports of any diary."""

import json
from datetime import datetime
from typing import Annotated

import numpy as np
import typer

from host_tools.basics.errors import FELL_SHORT
from host_tools.journal.judge.verdict import FALSE_ALARMS_MOST as MOST
from host_tools.journal.report.report import report_html
from host_tools.verify.diaries.draw import BOTH, MEMORIES, Scenario, draw_anything
from host_tools.verify.diaries.false_alarms import share_called

EFFECTS = (0.5, 1.0, 2.0)


def diaries(
    null: Annotated[int, typer.Option(help="Diaries without effect, for each memory and kind.")] = 2000,
    anything: Annotated[
        int, typer.Option(help="Diaries of any kind, each of which must make a report.")
    ] = 500,
    effects: Annotated[int, typer.Option(help="Diaries with an effect, for each size and memory.")] = 500,
) -> None:
    """Status 1 if a diary without effect is called one with an effect too often."""
    kinds = {"nights": BOTH[:1], "trainings": BOTH[1:], "both": BOTH}
    alarms = {
        name: {str(memory): share_called(Scenario(memory), null, tables)[0] for memory in MEMORIES}
        for name, tables in kinds.items()
    }
    seen = {
        name: {
            f"{effect:g} at {memory:g}": share_called(Scenario(memory, effect), effects, tables)[0]
            for effect in EFFECTS
            for memory in (0.0, 0.3, 0.5)
        }
        for name, tables in kinds.items()
        if effects
    }
    # What no arithmetic sees, and the report says in words.
    worst = {
        name: {str(memory): share_called(Scenario(memory, 0.0, True), null, tables)[0] for memory in MEMORIES}
        for name, tables in kinds.items()
    }
    reports = _make_reports(anything)
    said = {"false_alarms": alarms, "begun_when_worst": worst, "seen": seen, "reports": reports}
    print(json.dumps(said, indent=1))
    if max(share for some in (alarms, worst) for one in some.values() for share in one.values()) > MOST:
        raise typer.Exit(FELL_SHORT)


def _make_reports(count: int) -> dict[str, int]:
    rng = np.random.default_rng(2)
    sizes = []
    for _ in range(count):
        rows, today = draw_anything(rng)
        sizes.append(len(report_html(rows, datetime.combine(today, datetime.min.time()))))
    return {"made": len(sizes), "largest_bytes": max(sizes, default=0)}


if __name__ == "__main__":
    typer.run(diaries)
