"""Why lines failed, in words for whoever holds the screwdriver: one cause for all lines that it explains."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from host_tools.bench.measure.line import Line

# Errors that grow with the pressure are the gain's, if the straight line through them says so this clearly.
GAIN_SHARE = 0.5


@dataclass(frozen=True)
class Cause:
    what: str
    to_do: str
    lines: list[Line]


def causes_of(failed: list[Line]) -> list[Cause]:
    """What failed first comes first: later lines often fail for the same reason."""
    left = list(failed)
    found: list[Cause] = []
    for rule in _RULES:
        for cause in rule(left):
            found.append(cause)
            left = [line for line in left if line not in cause.lines]
    order = {line.key: place for place, line in enumerate(failed)}
    return sorted(found, key=lambda cause: order[cause.lines[0].key])


def _not_measured(lines: list[Line]) -> list[Cause]:
    """A step that ended early fails all its lines with the same note."""
    by_note: dict[str, list[Line]] = {}
    for line in lines:
        if line.value is None and not line.text and "no click" not in line.note:
            by_note.setdefault(line.note, []).append(line)
    return [
        Cause(f"{len(group)} lines could not be measured: {note}", "Run the step again by itself.", group)
        for note, group in by_note.items()
        if len(group) > 1
    ]


def _crossed_hoses(lines: list[Line]) -> list[Cause]:
    leads_to = {
        line.key.removeprefix("hose."): (line.text.removeprefix("leads to "), line)
        for line in _named(lines, r"hose\..+")
        if line.text.startswith("leads to ")
    }
    causes, told = [], set()
    for name, (other, line) in leads_to.items():
        if name in told:
            continue
        if leads_to.get(other, ("", line))[0] == name:
            told.add(other)
            what = f"{name} and {other} are crossed"
            causes.append(Cause(what, "Swap their hoses.", [line, leads_to[other][1]]))
        else:
            causes.append(Cause(f"The hose of {name} leads to {other}", "Plug it where it belongs.", [line]))
    return causes


def _weak_pump(lines: list[Line]) -> list[Cause]:
    flows = [line for line in _named(lines, r"pump\.\d+") if line.value is not None and line.least]
    if not flows:
        return []
    share = np.median([line.value / line.least for line in flows if line.value is not None and line.least])
    what = f"The pump gives {_percent(share)} of what its board asks for at least"
    to_do = (
        "Measure its supply while it runs; look at its inlet and at the hose to the manifold. "
        "If both are fine, it is worn."
    )
    # A weak pump takes longer for every chamber.
    return [Cause(what, to_do, flows + _named(lines, r"fill\.\w+\.\w+", r"fill\.(opens|closes)\..+"))]


def _wrong_sensors(lines: list[Line]) -> list[Cause]:
    by_sensor: dict[str, list[Line]] = {}
    for line in _named(lines, r"accuracy\.\d+\..+"):
        by_sensor.setdefault(line.key.split(".", 2)[2], []).append(line)
    return [Cause(_off(name, group), _CALIBRATE, group) for name, group in by_sensor.items()]


def _off(name: str, lines: list[Line]) -> str:
    known = [(float(line.key.split(".")[1]), line.value) for line in lines if line.value is not None]
    if not known:
        return f"The sensor {name} could not be compared with the gauge"
    level, error = np.array(known).T
    more = "more" if error.mean() > 0 else "less"
    if len(known) > 1 and np.ptp(error) > GAIN_SHARE * np.abs(error).max() * np.ptp(level) / level.max():
        return f"The sensor {name} shows {_percent(abs((error / level).mean()))} {more} than the gauge"
    return f"The sensor {name} shows {abs(error.mean()):.1f} mmHg {more} than the gauge"


def _still_valves(lines: list[Line]) -> list[Cause]:
    """Opening and closing of one valve fail together."""
    causes = []
    for valve in ("fill", "vent"):
        by_chamber: dict[str, list[Line]] = {}
        for line in _named(lines, rf"{valve}\.(opens|closes)\..+"):
            by_chamber.setdefault(line.key.split(".", 2)[2], []).append(line)
        for name, group in by_chamber.items():
            does = "doesn't move any air" if any(line.value is None for line in group) else "switches late"
            causes.append(Cause(f"The {valve} valve of {name} {does}", _VALVE, group))
    return causes


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _each_chamber(pattern: str, what: str, to_do: str, all_what: str, all_to_do: str) -> "Rule":
    """One cause for a chamber; one for all where many fail alike."""

    def rule(lines: list[Line]) -> list[Cause]:
        group = _named(lines, pattern, r"(fill|vent)\.(opens|closes)\..+")
        if len(group) > _ALIKE:
            return [Cause(f"{all_what} ({len(group)} chambers)", all_to_do, group)]
        return [Cause(f"{what.format(_chamber(line))}: {_against(line)}", to_do, [line]) for line in group]

    return rule


def _own(pattern: str, to_do: str) -> "Rule":
    """Lines that are a cause of their own."""

    def rule(lines: list[Line]) -> list[Cause]:
        group = _named(lines, pattern)
        return [Cause(f"{_sentence(line)}: {_against(line)}", to_do, [line]) for line in group]

    return rule


def _named(lines: list[Line], pattern: str, but: str = "$^") -> list[Line]:
    return [line for line in lines if re.fullmatch(pattern, line.key) and not re.fullmatch(but, line.key)]


def _chamber(line: Line) -> str:
    return line.key.split(".", 1)[1]


def _sentence(line: Line) -> str:
    return line.title[:1].upper() + line.title[1:]


def _against(line: Line) -> str:
    if line.value is None:
        return line.text or line.note
    limit = "" if line.limit == "–" else f", wanted {line.limit}"
    return f"{line.shown} {line.unit}".strip() + limit


Rule = Callable[[list[Line]], list[Cause]]
# More chambers than these with the same fault have one cause.
_ALIKE = 4
_CALIBRATE = "Run soleus bench calibrate; a sensor that drifts away again is worn."
_VALVE = "Look at its plug and at its driver, and listen for its click; then change it."

_RULES: tuple[Rule, ...] = (
    _not_measured,
    _own(
        r"(stop|silence|watchdog|overpressure)(\..+)?",
        "Don't put a leg in: what should let the air out is too late, or doesn't.",
    ),
    _each_chamber(
        r"zero\..+", "The sensor {} doesn't show zero with open vents",
        "Is its hose free? Calibrate it; then look at its plug and its supply.",
        "No sensor shows zero with open vents", "They share a supply and a ground: look there first.",
    ),
    _each_chamber(
        r"noise\..+", "The sensor {} has the wrong noise",
        "Too much: look at its cable and its ground. None at all: it doesn't measure.",
        "All sensors have the wrong noise", "They share a supply and a ground: look there first.",
    ),
    _wrong_sensors,
    _crossed_hoses,
    _weak_pump,
    _own(r"relief", "Set it again or change it; without it nothing stands behind the electronics."),
    _still_valves,
    _each_chamber(
        r"leak\..+", "{} leaks",
        "Press its plugs home and listen along its seams. Clamp its hose: if it still falls, it is the boot, "
        "if not, the valves.",
        "The chambers leak", "So many leak together: look at the manifold and its fittings.",
    ),
    _each_chamber(
        r"vent\..+", "{} empties slowly",
        "Look for a kink in its hose, and for dirt in its vent valve.",
        "The chambers empty slowly", "Look at what all vents share: a silencer, a filter, a manifold.",
    ),
    _each_chamber(
        r"(volume|fill)\..+", "{} takes another amount of air than such a chamber",
        "Close its zip, and look for a kink in its hose. Other boots need other limits in [bench].",
        "The chambers take another amount of air than such chambers",
        "Are these the boots that the board file describes? Do the zips hold?",
    ),
    _own(r"pattern\..+", "Mend what failed before it first: a session needs all of it."),
    _own(r".+", "Its note tells more."),
)  # fmt: skip
