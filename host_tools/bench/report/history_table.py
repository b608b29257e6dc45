"""A history in the terminal: units side by side, and in words what is out of its limits or will be."""

from rich.table import Table

from host_tools.bench.measure.line import FAILED, shown, within
from host_tools.bench.report.history import Drift, History, Point, first_drift, out_now

TOLD_MOST = 8


def side_by_side(history: History, keys: list[str], units: list[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("line")
    for unit in units:
        table.add_column(unit, justify="right")
    for key in keys:
        table.add_row(key, *(_cell(history.points(unit, key)) for unit in units))
    return table


def verdict_lines(history: History, unit: str) -> list[str]:
    """What is wrong now comes first; then what went wrong first, or will."""
    out, drift = out_now(history, unit), first_drift(history, unit)
    lines = [f"{unit}: {_out_of_limits(point)}" for point in out[:TOLD_MOST]]
    if len(out) > TOLD_MOST:
        lines.append(f"{unit}: {len(out) - TOLD_MOST} more lines are out of their limits")
    if drift:
        lines.append(f"{unit}: {_drift(drift)}")
    return lines or [f"{unit}: every line within its limits, and none drifts out of them"]


def _cell(points: list[Point]) -> str:
    if not points:
        return "–"
    first, last = points[0], points[-1]
    since = f" (from {shown(first.value)})" if len(points) > 1 else ""
    text = f"{shown(last.value)} {last.unit}{since}"
    # In words, too: a file and a pipe have no colours.
    limit = within(last.least, last.most)
    return f"[bold red]{text} FAILED, {limit}[/]" if last.status == FAILED else text


def _out_of_limits(point: Point) -> str:
    value = f"{shown(point.value)} {point.unit}"
    return f"{point.title} is out of its limits: {value}, {within(point.least, point.most)}"


def _drift(drift: Drift) -> str:
    when = f"{drift.at:%Y-%m-%d}"
    if drift.is_out:
        return f"{drift.title} left its limits first, on {when}; {shown(drift.value)} then"
    return f"{drift.title} will leave its limits first, about {when}; {shown(drift.value)} now"
