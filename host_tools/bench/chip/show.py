"""The verdict in a terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from host_tools.bench.chip.free_pins import FREE_PINS
from host_tools.bench.chip.verdict import Line, Verdict


def show(verdict: Verdict, console: Console) -> None:
    _say(console, _heading(verdict))
    console.print(_costs(verdict.lines))
    _say(console, _not_measured(verdict.lines))
    _say(console, (f"{name}: {words}" for name, words in verdict.also.items()))
    console.print(_boards(verdict))
    _say(console, _parts(verdict))
    _say(console, _outcome(verdict))


def _say(console: Console, lines: Iterator[str]) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _heading(verdict: Verdict) -> Iterator[str]:
    about = verdict.measured.about
    yield f"{about.machine or about.platform}, MicroPython {about.version}, on {verdict.port}"
    if not verdict.measured.is_chip:
        yield "This is no chip: its figures are those of the computer that it runs on."
    old = verdict.old
    yield f"beside {old.file.name}: {old.title}"
    yield f"pins: {FREE_PINS[old.kind]}"
    yield ""


def _costs(lines: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("cost", no_wrap=True)
    for heading in ("measured", "chip file", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("the file's was seen")
    for line in lines:
        table.add_row(
            line.name, _number(line.measured), _number(line.file_value), _number(line.ratio), line.file_seen
        )
    return table


def _not_measured(lines: list[Line]) -> Iterator[str]:
    """The reason once, with all the costs that it stands for."""
    reasons: dict[str, list[str]] = {}
    for line in lines:
        if line.measured is None:
            reasons.setdefault(line.why_not, []).append(line.name)
    yield ""
    for why, names in reasons.items():
        yield f"not measured, so the file's stays: {', '.join(names)} ({why})"


def _boards(verdict: Verdict) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("\nestimate for")
    table.add_column("\nof")
    for heading in ("\nvalue", "\nlimit"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for name, found in verdict.boards.items():
        for one in found:
            limit = f"{'at least' if one.is_least else 'at most'} {one.limit:g} {one.unit}"
            fits = "fits" if one.is_well else "[bold red]FALLS SHORT[/]"
            table.add_row(name, one.what, f"{one.value:.3g} {one.unit}", limit, fits)
    return table


def _parts(verdict: Verdict) -> Iterator[str]:
    yield ""
    yield "made of what was measured, and of the file's costs where nothing was:"
    for name, found in verdict.boards.items():
        for one in found:
            yield f"{name}, {one.what}: {one.parts}"


def _outcome(verdict: Verdict) -> Iterator[str]:
    measured = sum(line.measured is not None for line in verdict.lines)
    yield ""
    yield f"{measured} of {len(verdict.lines)} costs measured"
    yield from (f"falls short: {line}" for line in verdict.falls_short)
    if not verdict.falls_short:
        yield "every board fits"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
