"""The summary that a person sees when a session is over, no wider than 80 columns."""

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from host_tools.output.words import duration, explanation, measured_against, number, outcome_sentence
from host_tools.sim.figures.metrics import ChamberResult, InjectedResult, SessionResult

_LEAST = "least: what this pump at full speed needs for that air; no fill can be faster"

OUTCOME_STYLES = {"completed": "bold green", "stopped": "bold yellow", "fault": "bold red"}


def print_summary(result: SessionResult, console: Console | None = None) -> None:
    (console or Console()).print(summary(result))


def summary(result: SessionResult) -> RenderableType:
    parts: list[RenderableType] = [_headline(result), _figures(result), _chambers_table(result)]
    parts.append(Text(_LEAST, style="dim"))
    return Group(*parts, *_rested_lines(result), *_injected_lines(result))


def _headline(result: SessionResult) -> Text:
    line = Text(result.outcome.upper(), style=OUTCOME_STYLES[result.outcome])
    line.append(f"  {outcome_sentence(result)}", style="default not bold")
    why = explanation(result.fault.code) if result.fault else ""
    return line.append(f"\n{why}", style="not bold dim") if why else line


def _figures(result: SessionResult) -> Text:
    peaks = f"highest pressure {result.max_pressure_mmhg:.1f} mmHg"
    peaks += f", manifold {number(result.manifold_max_mmhg)} mmHg"
    if result.wall_s is None:
        return Text(f"{peaks}\nrecorded, {duration(result.simulated_s)}; – is what a recording doesn't know")
    wall = f"simulated {duration(result.simulated_s)} in {result.wall_s:.2f} s"
    if result.wall_s > 0:
        wall += f" ({result.simulated_s / result.wall_s:,.0f} times real time)"
    return Text(f"{peaks}\n{wall}")


def _chambers_table(result: SessionResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, padding=(0, 1))
    table.add_column("chamber", no_wrap=True, overflow="ellipsis", max_width=16)
    for heading in (
        "fills",
        "fill\ns",
        "least\ns",
        "overshoot\np50 mmHg",
        "\nmax",
        "hold error\np50 mmHg",
        "\np95",
        "\nmax",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for chamber in result.chambers:
        table.add_row(*_cells(chamber))
    return table


def _cells(chamber: ChamberResult) -> list[Text]:
    fills = Text(str(chamber.fills))
    if chamber.fills_unreached:
        fills.append(f" +{chamber.fills_unreached} short", style="red")
    over, hold = chamber.overshoot_mmhg, chamber.hold_error_mmhg
    numbers = (
        chamber.fill_s,
        chamber.fill_limit_s,
        over["p50"],
        over["max"],
        hold["p50"],
        hold["p95"],
        hold["max"],
    )
    return [Text(chamber.name), fills, *(Text(number(value)) for value in numbers)]


def _rested_lines(result: SessionResult) -> list[Text]:
    lines = []
    for notice in result.notices:
        line = Text(f"{notice.chamber} rested after {notice.at_s:.2f} s: ", style="bold yellow")
        line.append(f"{notice.code}, {notice.name}: {measured_against(notice)}", style="default not bold")
        lines.append(line.append(f"\n{explanation(notice.code)}", style="default not bold dim"))
    return lines


def _injected_lines(result: SessionResult) -> list[Text]:
    lines = []
    for injected in result.injected:
        line = Text(f"{injected.fault}: ", style="bold")
        if injected.detected_s is None:
            line.append(_what_came_instead(injected, result), style="not bold")
        else:
            line.append(f"detected after {injected.detected_s - injected.at_s:.2f} s", style="not bold")
            safe = (
                "not safe by the end"
                if injected.safe_s is None
                else f"safe after {injected.safe_s - injected.at_s:.2f} s"
            )
            line.append(f", {safe}", style="not bold" if injected.safe_s is not None else "bold red")
        lines.append(line)
    return lines


def _what_came_instead(injected: InjectedResult, result: SessionResult) -> str:
    later = [notice for notice in result.notices if notice.at_s >= injected.at_s]
    if not later:
        return "ridden out, no fault latched"
    first = min(later, key=lambda notice: notice.at_s)
    return f"{first.chamber} rested after {first.at_s - injected.at_s:.2f} s, no fault latched"
