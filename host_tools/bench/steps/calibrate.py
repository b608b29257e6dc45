"""Two points of every sensor against a reference gauge, kept on the device with the day.

At the first point all vents are open. At the second all chambers are joined to one resting manifold, at a
pressure that the machine makes itself. Nothing is stored unless the values of every sensor make sense.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from host_tools.bench.measure.bench import Bench, bits_of
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import PASSED, Line
from host_tools.bench.steps.sensors import joined_at, sensor_names
from host_tools.bench.steps.step import Choice
from host_tools.bench.targets.target import BenchError
from host_tools.plant.parts.units import PA_PER_MMHG

HIGH_MMHG, SETTLED_S = 100.0, 12.0
# A boot that was just full takes half a minute to lose its last air. Once the pressure changes by less than
# this between two looks, what is left doesn't matter for a point.
STILL_LOOK_S, STILL_MMHG, STILL_MOST_S = 5.0, 0.1, 60.0
# What a gauge may show with everything open, and the largest error that a calibration may correct.
OPEN_MOST_MMHG, CORRECTION_MOST = 2.0, 15.0
# An absolute sensor is calibrated in absolute pressure; the device subtracts the air pressure.
AIR_PA = {"mprls": 101_325}


class Calibrate:
    name = "calibrate"
    title = "Calibration against the reference gauge"
    person = "put the reference gauge on a tee in the hose of {first}"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        names = sensor_names(limits.board.boots, choice.chambers).values()
        source = "default for every board"
        lines = [
            Line(f"calibrate.{name}", f"correction of {name}", "%", -CORRECTION_MOST, CORRECTION_MOST, source)
            for name in names
        ]
        return [
            *lines,
            Line("calibrate.kept", "two points of each kept on the device", "", None, None, "settings"),
        ]

    def run(self, bench: Bench, choice: Choice) -> None:
        target, first = bench.target, choice.chambers[0]
        sensors = sensor_names(bench.boots, choice.chambers)
        _open_until_still(bench, choice.chambers)
        low = _point(bench, first)
        if abs(low.gauge_mmhg) > OPEN_MOST_MMHG:
            raise BenchError(
                f"a gauge that shows {low.gauge_mmhg:g} mmHg with every vent open: zero it first"
            )
        bits = bits_of(choice.chambers)
        bench.fill_to(choice.chambers[:1], HIGH_MMHG / 3)
        joined_at(bench, choice.chambers, bits, HIGH_MMHG)
        bench.wait(SETTLED_S)
        high = _point(bench, first)
        bench.refuse_fault()
        bench.vent()
        if not HIGH_MMHG / 2 <= high.gauge_mmhg <= HIGH_MMHG * 1.5:
            raise BenchError(
                f"{high.gauge_mmhg:g} mmHg on the gauge, where about {HIGH_MMHG:g} are: "
                "look at its hose, its unit"
            )
        lines = [choice.line(f"calibrate.{name}") for name in sensors.values()]
        # The difference between the points: the zero of the check was taken at another time.
        true_mmhg, shown_mmhg = high.gauge_mmhg - low.gauge_mmhg, high.shown_mmhg - low.shown_mmhg
        for i, line in zip(sensors, lines, strict=True):
            line.measure(
                true_mmhg / max(shown_mmhg[i], 1.0) * 100 - 100,
                note=f"shows {high.shown_mmhg[i]:.1f} at {high.gauge_mmhg:g} mmHg",
            )
        kept = choice.line("calibrate.kept")
        if any(line.status != PASSED for line in lines):
            kept.fail("nothing is kept: a sensor that is so far off needs another remedy")
            return
        base_pa = AIR_PA.get(target.board.table["sensors"]["driver"], 0)
        pairs = _pairs(low, high, base_pa)
        which = [0] if bench.boots.has_manifold_sensor_only else list(sensors)
        day = dt.date.today().isoformat()
        bench.end()
        target.keep_calibration({i: pairs[i] for i in which}, day)
        kept.judge(True, day, "counts from the next start")


@dataclass(frozen=True)
class _Point:
    """One pressure: what the gauge, the sensors and their converters show at that time."""

    gauge_mmhg: float
    shown_mmhg: np.ndarray
    raw: np.ndarray


def _point(bench: Bench, first: int) -> _Point:
    """Take as many raw values before the gauge is read as after it, because the pressure still creeps."""
    target = bench.target
    mark = target.tape.length
    before_raw = target.raw()
    gauge_mmhg = target.gauge_mmhg(first)
    raw = (before_raw + target.raw()) / 2
    piece = target.tape.since(mark)
    shown_mmhg = piece.mmhg.mean(axis=0)
    if target.board.boots.has_manifold_sensor_too:
        shown_mmhg = np.append(shown_mmhg, piece.manifold_mmhg.mean())
    return _Point(gauge_mmhg, shown_mmhg, raw)


def _open_until_still(bench: Bench, chambers: list[int]) -> None:
    bench.vent()
    until_s = bench.target.now_s + STILL_MOST_S
    before_mmhg = np.inf
    while bench.target.now_s < until_s:
        now_mmhg = bench.wait(STILL_LOOK_S).mmhg[:, chambers].mean(axis=0)
        if np.all(np.abs(now_mmhg - before_mmhg) < STILL_MMHG):
            break
        before_mmhg = now_mmhg
    bench.empty_manifold(chambers)


def _pairs(low: _Point, high: _Point, base_pa: float) -> list[list[list[int]]]:
    def ends(point: _Point) -> list[list[int]]:
        pa = round(base_pa + point.gauge_mmhg * PA_PER_MMHG)
        return [[int(raw), pa] for raw in np.rint(point.raw)]

    return [list(pair) for pair in zip(ends(low), ends(high), strict=True)]
