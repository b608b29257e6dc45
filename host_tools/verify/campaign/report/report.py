"""What a campaign found, for people: one HTML page, and the matrix as a picture."""

from collections import Counter
from pathlib import Path
from typing import Any

import jinja2

from host_tools.basics.atomic_file import write_whole
from host_tools.catalogue.boards import layout, load_board
from host_tools.verify.campaign.matrix import Cell, Matrix, badness, matrix, times, worst_of_each_hazard
from host_tools.verify.campaign.plan import HEALTHY, PAIR, SINGLE
from host_tools.verify.campaign.report.picture import matrix_png
from host_tools.verify.campaign.rules import ALARM, HARM, TRAPPED, VERDICTS
from host_tools.verify.campaign.trial import ENDLESS, Row

_TEMPLATES = Path(__file__).parent / "templates"
_LISTED_MOST = 40

_PARTS = {
    SINGLE: "single faults",
    PAIR: "a stuck valve or sensor, then one more",
    HEALTHY: "healthy sessions",
}


def write_report(rows: list[Row], folder: Path) -> list[Path]:
    """`report.html` and `matrix.png` beside the table."""
    files = [folder / "report.html", folder / "matrix.png"]
    write_whole(files[0], report_html(rows).encode())
    write_whole(files[1], matrix_png(matrix(rows), _headline(rows)))
    return files


def report_html(rows: list[Row]) -> str:
    boards = sorted({str(row["board"]) for row in rows})
    return _template().render(
        headline=_headline(rows),
        counts=[(_PARTS[part], _counts(rows, part)) for part in _PARTS],
        verdicts=VERDICTS,
        matrices=[("All boards", _table(matrix(rows)))]
        + [(_board_title(board), _table(matrix(r for r in rows if r["board"] == board))) for board in boards],
        worst=worst_of_each_hazard(row for row in rows if row["part"] != HEALTHY),
        budgets=budgets(rows),
        lists=_lists(rows),
    )


def _lists(rows: list[Row]) -> list[tuple[str, int, list[Row]]]:
    """What a reviewer asks for first: lists with a title, how many rows there are, and the worst of them."""
    chosen = {
        "Harm": [row for row in rows if row["verdict"] == HARM],
        "Alarms with nothing broken": [row for row in rows if row["verdict"] == ALARM],
        "Named later than the requirement allows": [row for row in rows if row["is_late"]],
        "Commands that the interlock refused": [row for row in rows if row["refused"]],
        "Sessions that never came to an end": [row for row in rows if row["outcome"] == ENDLESS],
        "Air that no command can let out": [row for row in rows if row["verdict"] == TRAPPED],
    }
    return [(title, len(its), sorted(its, key=badness)[:_LISTED_MOST]) for title, its in chosen.items()]


def budgets(rows: list[Row]) -> list[dict[str, Any]]:
    """For each requirement, the single faults that its table promises to name in time."""
    promised = [row for row in rows if row["requirement"]]
    names = sorted({str(row["requirement"]) for row in promised})
    return [_budget(name, [row for row in promised if row["requirement"] == name]) for name in names]


def _budget(requirement: str, rows: list[Row]) -> dict[str, Any]:
    late = [row for row in rows if row["is_late"]]
    worst = max(rows, key=lambda row: float(row["took_s"] or 0.0) / float(row["budget_s"] or 1.0))
    return {
        "requirement": requirement,
        "code": worst["code"],
        "count": len(rows),
        "late": len(late),
        "worst": worst,
    }


def _headline(rows: list[Row]) -> str:
    counts = Counter(str(row["verdict"]) for row in rows)
    return f"{len(rows):,} sessions: " + ", ".join(f"{counts[word]:,} {word}" for word in VERDICTS)


def _counts(rows: list[Row], part: str) -> dict[str, int]:
    return Counter(str(row["verdict"]) for row in rows if row["part"] == part)


def _board_title(board: str) -> str:
    return f"{board}: {layout(load_board(board).boots)}"


def _table(found: Matrix) -> dict[str, Any]:
    """The matrix for the template: a row of cells for each kind, None where a kind has no such mode."""
    rows = [(kind, [_shown(found.cells.get((kind, mode))) for mode in found.modes]) for kind in found.kinds]
    return {"modes": found.modes, "rows": rows}


def _shown(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "verdict": cell.verdict,
        "share": f"{len(cell.detected)} of {len(cell.rows)}",
        "detected": times(cell.detected_in_s),
        "safe": times(cell.safe_in_s),
        "highest": f"{cell.highest_mmhg:.0f}",
        "called": ", ".join(cell.called) or "–",
        "worst": str(cell.worst["command"]),
    }


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("campaign.html")
