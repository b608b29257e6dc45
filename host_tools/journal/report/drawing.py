"""One outcome over the days as SVG: every entry, the mean and the middle half of each phase, the sessions."""

from dataclasses import dataclass
from datetime import date
from html import escape

import numpy as np

_WIDTH, _HEIGHT = 480, 216
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 26, 50
_LABELS_MOST = 6
FAR_FROM_0 = 20


@dataclass(frozen=True)
class Drawn:
    """`phase` of an entry: before, after, or outside of the days that count."""

    days: list[date]
    values: list[float]
    phases: list[str]
    start: date | None
    sessions: list[date]
    label: str


def picture(drawn: Drawn) -> str:
    x, y = _Scale.of_days(drawn), _Scale.of_values(drawn.values)
    parts = [_frame(x, y), _bands(drawn, x, y), _start(drawn, x), _points(drawn, x, y), _sessions(drawn, x)]
    words = f"{drawn.label}: {len(drawn.values)} entries from {drawn.days[0]} to {drawn.days[-1]}"
    head = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(words)}">'
    return head + "".join(parts) + "</svg>"


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    begin: float
    end: float

    @staticmethod
    def of_days(drawn: Drawn) -> "_Scale":
        shown = [*drawn.days, *([drawn.start] if drawn.start else [])]
        low, high = min(shown).toordinal() - 1, max(shown).toordinal() + 1
        return _Scale(low, high, _LEFT, _WIDTH - _RIGHT)

    @staticmethod
    def of_values(values: list[float]) -> "_Scale":
        """From 0, so that nothing looks larger than it is; but for values that are far from it, as HRV is."""
        low = min(values) * 0.8 if min(values) > FAR_FROM_0 else 0.0
        return _Scale(low, max([*values, 1.0]) * 1.06, _HEIGHT - _BOTTOM, _TOP)

    def at(self, value: float) -> float:
        return round(self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin), 1)


def _frame(x: _Scale, y: _Scale) -> str:
    lines = []
    for value in _round_steps(y.low, y.high):
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y.at(value)}" y2="{y.at(value)}"/>'
        )
        lines.append(f'<text x="{_LEFT - 6}" y="{y.at(value) + 4}" text-anchor="end">{value:g}</text>')
    step = max(7, -(-int(x.high - x.low) // (7 * _LABELS_MOST)) * 7)
    for ordinal in range(int(x.low) + 1, int(x.high), step):
        day = date.fromordinal(ordinal)
        at = x.at(ordinal)
        lines.append(f'<line class="tick" x1="{at}" x2="{at}" y1="{_HEIGHT - 24}" y2="{_HEIGHT - 20}"/>')
        lines.append(f'<text x="{at}" y="{_HEIGHT - 7}" text-anchor="middle">{day.day} {day:%b}</text>')
    return "".join(lines)


def _bands(drawn: Drawn, x: _Scale, y: _Scale) -> str:
    parts = []
    for phase in ("before", "after"):
        kept = [index for index, one in enumerate(drawn.phases) if one == phase]
        if len(kept) < 2:
            continue
        values = np.array([drawn.values[index] for index in kept])
        low, high = np.percentile(values, (25, 75))
        begin, end = (x.at(drawn.days[kept[place]].toordinal()) for place in (0, -1))
        size = f'x="{begin}" width="{end - begin:.1f}" y="{y.at(high)}" height="{y.at(low) - y.at(high):.1f}"'
        parts.append(f'<rect class="band {phase}" {size}/>')
        mean = y.at(float(values.mean()))
        parts.append(f'<line class="mean {phase}" x1="{begin}" x2="{end}" y1="{mean}" y2="{mean}"/>')
    return "".join(parts)


def _start(drawn: Drawn, x: _Scale) -> str:
    if not drawn.start:
        return ""
    at = x.at(drawn.start.toordinal() - 0.5)
    anchor = "end" if at > _WIDTH * 0.75 else "start"
    line = f'<line class="start" x1="{at}" x2="{at}" y1="{_TOP - 8}" y2="{_HEIGHT - _BOTTOM}"/>'
    beside = at + (5 if anchor == "start" else -5)
    return line + f'<text x="{beside}" y="14" text-anchor="{anchor}">first session</text>'


def _points(drawn: Drawn, x: _Scale, y: _Scale) -> str:
    return "".join(
        f'<circle class="{phase}" cx="{x.at(day.toordinal())}" cy="{y.at(value)}" r="3.2">'
        f"<title>{day}: {value:g}</title></circle>"
        for day, value, phase in zip(drawn.days, drawn.values, drawn.phases, strict=True)
    )


def _sessions(drawn: Drawn, x: _Scale) -> str:
    """A mark under each day that had one."""
    shown = [day for day in sorted(set(drawn.sessions)) if x.low < day.toordinal() < x.high]
    size = f'y="{_HEIGHT - 35}" width="4" height="8" rx="1"'
    return "".join(
        f'<rect class="session" x="{x.at(day.toordinal()) - 2:.1f}" {size}>'
        f"<title>{day}: a session</title></rect>"
        for day in shown
    )


def _round_steps(low: float, high: float) -> list[float]:
    """About four whole numbers."""
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200) if (high - low) / step <= 5)
    return [value * float(step) for value in range(-(-int(low) // step), int(high // step) + 1)]
