"""Two points of every sensor against a reference gauge, kept on the device with the day.

All vents open is the first point; the second is all chambers joined to one resting manifold, under a
pressure that the machine makes itself. Nothing is kept unless every sensor under test makes sense.
"""

import datetime as dt

import numpy as np

from host_tools.bench.bench import Bench, bits_of
from host_tools.bench.limits import Limits
from host_tools.bench.line import PASSED, Line
from host_tools.bench.steps.sensors import joined_at, sensor_names
from host_tools.bench.steps.step import Choice
from host_tools.bench.tape import PA_PER_MMHG
from host_tools.bench.target import BenchError

HIGH_MMHG, SETTLED_S = 100.0, 6.0
# What a gauge may show with everything open, and how far a sensor may be off before it's another fault.
OPEN_MOST_MMHG, CORRECTION_MOST = 2.0, 15.0
# An absolute sensor is calibrated as one; the device takes the air off again.
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
        bench.vent(seconds=5.0)
        low_mmhg = target.gauge_mmhg(first)
        if abs(low_mmhg) > OPEN_MOST_MMHG:
            raise BenchError(f"a gauge that shows {low_mmhg:g} mmHg with every vent open: zero it first")
        low_raw = target.raw()
        bits = bits_of(choice.chambers)
        bench.fill_to(choice.chambers[:1], HIGH_MMHG / 3)
        joined_at(bench, choice.chambers, bits, HIGH_MMHG)
        bench.wait(SETTLED_S)
        # Around the moment of the gauge: the pressure still creeps.
        mark = target.tape.length
        before_raw = target.raw()
        high_mmhg = target.gauge_mmhg(first)
        high_raw = (before_raw + target.raw()) / 2
        bench.refuse_fault()
        shown_mmhg = target.tape.since(mark).mmhg.mean(axis=0)
        bench.vent()
        if not HIGH_MMHG / 2 <= high_mmhg <= HIGH_MMHG * 1.5:
            raise BenchError(
                f"{high_mmhg:g} mmHg on the gauge, where about {HIGH_MMHG:g} are: look at its hose, its unit"
            )
        lines = [choice.line(f"calibrate.{name}") for name in sensors.values()]
        for i, line in zip(sensors, lines, strict=True):
            line.measure(
                (high_mmhg - low_mmhg) / max(shown_mmhg[i], 1.0) * 100 - 100,
                note=f"shows {shown_mmhg[i]:.1f} at {high_mmhg:g} mmHg",
            )
        kept = choice.line("calibrate.kept")
        if any(line.status != PASSED for line in lines):
            kept.fail("nothing is kept: a sensor that is so far off needs another remedy")
            return
        base_pa = AIR_PA.get(target.board.table["sensors"]["driver"], 0)
        pairs = _pairs(low_raw, high_raw, base_pa + low_mmhg * PA_PER_MMHG, base_pa + high_mmhg * PA_PER_MMHG)
        which = [0] if bench.boots.has_manifold_sensor_only else list(sensors)
        day = dt.date.today().isoformat()
        bench.end()
        target.keep_calibration({i: pairs[i] for i in which}, day)
        kept.judge(True, day, "counts from the next start")


def _pairs(low_raw: np.ndarray, high_raw: np.ndarray, low_pa: float, high_pa: float) -> list[list[list[int]]]:
    points = np.rint(
        np.stack([low_raw, np.full(len(low_raw), low_pa), high_raw, np.full(len(low_raw), high_pa)], axis=1)
    ).astype(int)
    return [[[int(a), int(b)], [int(c), int(d)]] for a, b, c, d in points]
