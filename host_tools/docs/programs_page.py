"""docs/programs.md: all programs, and what each did on every board that can run it and on four plants."""

import csv
import io

from host_tools.catalogue.boards import board_names, load_board
from host_tools.catalogue.programs import program_names
from host_tools.docs.program_table import program_table
from host_tools.output.page import Files, table
from host_tools.plant.files.spec import load_plant, plant_names
from host_tools.verify.healthy.every_program import LibraryVerdicts, judge_library, refusal
from host_tools.verify.healthy.many import Case
from host_tools.verify.healthy.verdict import Verdict

PAGE = "docs/programs.md"
DATA = "docs/data/programs.csv"

_INTRODUCTION = """\
# The programs

`make docs` makes this page. A person may choose any value in a range; a session begins at the lowest value
unless the table names another. `soleus program show NAME` draws a cycle of a program,
`soleus program list cramps` finds one by need. `soleus new program my-evening` writes
one of your own to begin with, and `soleus program check my-evening.toml` checks it.
The sources A to E are named in each program's file, beside the numbers that come from them.

"""

_MEASURED = """\
## What each one did

{conclusion}

Every program ran for its start time at its start pressure, on every board that can run it, with each of these
plants. All sessions, one on each line, are in [data/programs.csv](data/programs.csv).

{plants}
In the tables each row shows the worst of the plants, from the true pressures in the chambers:

- **a cycle**: its median length, on the quickest and on the slowest plant.
- **short**: fills that were released before the true pressure was within 1.5 mmHg of the target.
- **held**: mean true pressure less target, over the time held at full pressure; lowest and highest chamber.
- **own**: the worst of the same without the sensors' own errors (gain and bow stay after zeroing): only this
  part is the controller's.
- **p95**: the error that 95 % of the held time stays below, worst chamber.
- **highest**: the highest true pressure in any chamber, for a highest target of so many mmHg.
- **fine**: completed without a fault, with no chamber rested and no command that the interlock had to refuse;
  pressures reached (own within 2.5 mmHg, and hardly any fill short where the sensor is good); never 15 mmHg
  above the highest target (where the plant's legs move: never for a second).
  [The criteria in full](../host_tools/verify/healthy/verdict.py).

"""

_HEADINGS = ("program", "min", "a cycle, s", "fills", "short", "held, mmHg", "own", "p95", "highest", "fine")


def programs_page(library: LibraryVerdicts | None = None) -> tuple[Files, list[str]]:
    """The files, and what fell short."""
    library = library or judge_library()
    page = from_code() + _measured(library)
    return {PAGE: page.encode(), DATA: _csv(library).encode()}, _shortfalls(library)


def from_code() -> str:
    """The first part of the page, for which no session has to run."""
    boards = {name: _fitting(name) for name in program_names()}
    return _INTRODUCTION + program_table({"boards": boards}) + "\n" + _refusals()


def _fitting(program: str) -> str:
    fitting = [board for board in board_names() if not refusal(program, board)]
    return "all" if fitting == board_names() else ", ".join(f"`{board}`" for board in fitting)


def _refusals() -> str:
    lines = ["## What a board can't run\n", "Refused with the reason, never bent to fit.\n"]
    for program in program_names():
        for board in board_names():
            reason = refusal(program, board)
            if reason:
                lines.append(f"- `{program}` on `{board}`: {reason}")
    return "\n".join(lines) + "\n\n"


def _measured(library: LibraryVerdicts) -> str:
    plants = "".join(f"- `{name}`: {load_plant(name).about}\n" for name in plant_names())
    text = _MEASURED.format(plants=plants, conclusion=_conclusion(library))
    for board in board_names():
        rows = [
            _row(program, library.of(program, board))
            for program in program_names()
            if library.of(program, board)
        ]
        text += f"### On `{board}`: {load_board(board).title}\n\n{table(_HEADINGS, rows)}\n"
    return text.rstrip() + "\n"


def _conclusion(library: LibraryVerdicts) -> str:
    short, count = _shortfalls(library), len(library.verdicts)
    if not short:
        return f"All {count} simulated sessions completed, reached their pressures and stayed in their range."
    lines = "\n".join(f"- {line}" for line in short)
    return f"{count - len(short)} of {count} simulated sessions were fine. The others:\n\n{lines}"


def _shortfalls(library: LibraryVerdicts) -> list[str]:
    return [
        f"`{case.program}` on `{case.board}`, {case.plant}: {'; '.join(verdict.shortfalls)}"
        for case, verdict in library.verdicts.items()
        if verdict.shortfalls
    ]


def _row(program: str, by_plant: dict[str, Verdict]) -> list[str]:
    verdicts = list(by_plant.values())
    cycles, fills = [verdict.cycle_s for verdict in verdicts], [verdict.fills for verdict in verdicts]
    highest = max(verdicts, key=lambda verdict: verdict.highest_mmhg - verdict.wanted_mmhg)
    return [
        f"`{program}`",
        f"{max(verdict.minutes for verdict in verdicts):.0f}",
        f"{min(cycles):.0f}–{max(cycles):.0f}",
        f"{min(fills)}–{max(fills)}",
        f"{max(verdict.unreached for verdict in verdicts)}",
        f"{_lowest(verdicts):+.1f} to {_highest(verdicts):+.1f}",
        f"{max(verdict.regulated_off_mmhg for verdict in verdicts):.1f}",
        f"{max(verdict.hold_p95_mmhg for verdict in verdicts):.1f}",
        f"{highest.highest_mmhg:.0f} for {highest.wanted_mmhg:.0f}",
        "no" if any(verdict.shortfalls for verdict in verdicts) else "yes",
    ]


def _lowest(verdicts: list[Verdict]) -> float:
    return min(verdict.held_off_mmhg[0] for verdict in verdicts)


def _highest(verdicts: list[Verdict]) -> float:
    return max(verdict.held_off_mmhg[1] for verdict in verdicts)


def _csv(library: LibraryVerdicts) -> str:
    text = io.StringIO()
    lines = [_csv_line(case, verdict) for case, verdict in library.verdicts.items()]
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _csv_line(case: Case, verdict: Verdict) -> dict[str, str]:
    low_mmhg, high_mmhg = verdict.held_off_mmhg
    return {
        "program": case.program,
        "board": case.board,
        "plant": case.plant,
        "outcome": verdict.outcome,
        "fault": verdict.fault,
        "rested": ", ".join(verdict.rested),
        "refused_commands": f"{verdict.refused_count}",
        "minutes": f"{verdict.minutes:.2f}",
        "cycle_s": f"{verdict.cycle_s:.1f}",
        "wanted_mmhg": f"{verdict.wanted_mmhg:.1f}",
        "highest_mmhg": f"{verdict.highest_mmhg:.1f}",
        "over_15_mmhg_s": f"{verdict.over_s:.2f}",
        "fills": f"{verdict.fills}",
        "fills_unreached": f"{verdict.unreached}",
        "held_off_lowest_mmhg": f"{low_mmhg:.2f}",
        "held_off_highest_mmhg": f"{high_mmhg:.2f}",
        "regulated_off_mmhg": f"{verdict.regulated_off_mmhg:.2f}",
        "hold_error_p95_mmhg": f"{verdict.hold_p95_mmhg:.2f}",
    }
