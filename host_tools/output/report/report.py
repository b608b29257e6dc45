"""A session as one HTML file that a person can open anywhere: it needs no other file and no network."""

import base64
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from host_tools.basics.atomic_file import write_whole
from host_tools.output.palette import chamber_colours
from host_tools.output.report.figure import range_around, session_figure
from host_tools.output.view import legs_of
from host_tools.output.words import (
    amount,
    duration,
    explanation,
    number,
    outcome_sentence,
    rested_sentence,
    worst,
)
from host_tools.sim.figures.metrics import ChamberResult, SessionResult
from host_tools.sim.trace import Trace

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class ReportContext:
    """Board, program, seed, versions and so on: shown at the top, and enough to run the session again."""

    title: str
    about: str = ""
    facts: dict[str, str] = field(default_factory=dict)  # "board": "esp32-s3-duo", "seed": "7", ...
    command: str = ""


@dataclass(frozen=True)
class _Tile:
    label: str
    value: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class _Cell:
    text: str
    is_worst: bool = False


@dataclass(frozen=True)
class _Row:
    leg: str
    chamber: str
    colour: str
    cells: list[_Cell]


@dataclass(frozen=True)
class _Happening:
    at_s: float
    kind: str
    text: str
    why: str

    @property
    def at(self) -> str:
        return f"{self.at_s:.2f} s"

    @property
    def range_s(self) -> list[float]:
        """What the curves show of it."""
        return range_around(self.at_s)


def write_report(trace: Trace, result: SessionResult, path: str | Path, context: ReportContext) -> None:
    write_whole(Path(path), report_html(trace, result, context).encode())


def report_html(trace: Trace, result: SessionResult, context: ReportContext) -> str:
    figure = session_figure(trace, result.notices)
    return _template().render(
        context=context,
        outcome=result.outcome,
        outcome_sentence=outcome_sentence(result),
        why=explanation(result.fault.code) if result.fault else "",
        tiles=_tiles(trace, result),
        rows=_rows(result),
        happenings=_happenings(trace, result),
        tolerance_mmhg=f"{figure['tolerance_mmhg']:g}",
        figure=_packed(figure),
    )


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html")


def _packed(figure: dict[str, Any]) -> str:
    """A tenth of the size of its JSON; and no name in it can be taken for HTML."""
    text = json.dumps(figure, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def _tiles(trace: Trace, result: SessionResult) -> list[_Tile]:
    chambers = result.chambers
    slowest = worst([_share_of_limit(chamber) for chamber in chambers])
    cycles_count = int(trace.cycle.max(initial=0)) + 1
    return [
        _Tile(
            "Recorded" if result.wall_s is None else "Simulated",
            duration(result.simulated_s),
            "",
            f"{cycles_count} cycles",
        ),
        _Tile(
            "Highest pressure",
            number(result.max_pressure_mmhg),
            "mmHg",
            f"manifold {number(result.manifold_max_mmhg)} mmHg",
        ),
        _Tile("Fills", str(sum(chamber.fills for chamber in chambers)), "", _unreached(chambers)),
        _Tile("Slowest fill", number(slowest), "× the least time", "that this pump needs for the air"),
        _Tile(
            "Worst overshoot",
            number(worst([c.overshoot_mmhg["max"] for c in chambers])),
            "mmHg",
            "beyond the target",
        ),
        _Tile(
            "Worst hold error",
            number(worst([c.hold_error_mmhg["p95"] for c in chambers])),
            "mmHg",
            "95 of 100 ticks are better",
        ),
    ]


def _share_of_limit(chamber: ChamberResult) -> float | None:
    return chamber.fill_s / chamber.fill_limit_s if chamber.fill_s and chamber.fill_limit_s else None


def _unreached(chambers: list[ChamberResult]) -> str:
    count = sum(chamber.fills_unreached for chamber in chambers)
    return f"{count} more fell short" if count else "all reached their target"


def _rows(result: SessionResult) -> list[_Row]:
    """Proximal on top, as the leg stands."""
    table = [
        [number(value, decimals) for value, decimals in _numbers(chamber)] for chamber in result.chambers
    ]
    worsts = [_worst_text([texts[place] for texts in table]) for place in range(len(table[0]))]
    rows = []
    for leg in legs_of([chamber.name for chamber in result.chambers]):
        colours = chamber_colours(len(leg.indexes))
        for row in reversed(range(len(leg.indexes))):
            index = leg.indexes[row]
            cells = [_Cell(_fills_text(result.chambers[index], result))]
            cells += [
                _Cell(text, place >= 2 and text == worsts[place]) for place, text in enumerate(table[index])
            ]
            rows.append(_Row(leg.name, leg.chambers[row], colours[row], cells))
    return rows


def _numbers(chamber: ChamberResult) -> list[tuple[float | None, int]]:
    """Figures with their decimals. The first two depend on the chamber's size, so they have no worst."""
    over, hold = chamber.overshoot_mmhg, chamber.hold_error_mmhg
    fill = [(value, 2) for value in (chamber.fill_s, chamber.fill_limit_s, _share_of_limit(chamber))]
    return fill + [(value, 1) for value in (*over.percentiles.values(), *hold.percentiles.values())]


def _worst_text(texts: list[str]) -> str | None:
    """The worst, as it is printed; None if all chambers are alike."""
    known = [text for text in texts if text != number(None)]
    return max(known, key=float) if len(set(known)) > 1 else None


def _fills_text(chamber: ChamberResult, result: SessionResult) -> str:
    said = [f"+{chamber.fills_unreached} short"] if chamber.fills_unreached else []
    said += ["then rested"] if chamber.name in [notice.chamber for notice in result.notices] else []
    return f"{chamber.fills} ({', '.join(said)})" if said else str(chamber.fills)


def _happenings(trace: Trace, result: SessionResult) -> list[_Happening]:
    """In the order of time."""
    rested = [
        _Happening(notice.at_s, "rested", rested_sentence(notice), explanation(notice.code))
        for notice in result.notices
    ]
    return sorted([*_noted(trace, result), *rested], key=lambda happening: happening.at_s)


def _noted(trace: Trace, result: SessionResult) -> list[_Happening]:
    found = []
    for note in trace.notes:
        why = ""
        if note.kind == "injected":
            why = _what_became_of(note.text, note.at_s, result)
        elif note.kind == "fault":
            why = _why_fault(note.text, result)
        found.append(_Happening(note.at_s, note.kind, note.text, why))
    return found


def _why_fault(text: str, result: SessionResult) -> str:
    code = text.split(" ")[0]
    parts = [explanation(code)]
    if result.fault and result.fault.code == code:
        fault = result.fault
        parts.append(
            f"{amount(fault.value, fault.unit)} against a limit of {amount(fault.limit, fault.unit)}."
        )
    return " ".join(part for part in parts if part)


def _what_became_of(text: str, at_s: float, result: SessionResult) -> str:
    for injected in result.injected:
        if injected.fault != text or injected.at_s != at_s:
            continue
        if injected.detected_s is None:
            if any(notice.at_s >= at_s for notice in result.notices):
                return "A fault put in on purpose. A chamber was rested for it; nothing was latched."
            return "A fault put in on purpose. It was ridden out: nothing was latched."
        safe = "not safe by the end of the trace"
        if injected.safe_s is not None:
            safe = f"every chamber below 10 mmHg after {injected.safe_s - at_s:.2f} s"
        return f"A fault put in on purpose. Detected after {injected.detected_s - at_s:.2f} s; {safe}."
    return ""
