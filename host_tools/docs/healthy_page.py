"""docs/healthy.md: half-hour sessions on machines drawn at random from each plant file."""

from statistics import median

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.output.page import Files, table
from host_tools.plant.files.spec import load_plant, plant_names
from host_tools.verify.healthy.healthy import DRAWS, MINUTES, PRESSURES_MMHG, PROGRAM, judge_healthy
from host_tools.verify.healthy.many import Case
from host_tools.verify.healthy.verdict import OVER_MOST_MMHG, OVER_MOST_S, Verdict, sensor_most_mmhg

PAGE = "docs/healthy.md"

_TEXT = """\
# Healthy sessions

`make healthy` makes this page. A machine without faults must not raise an alarm, and must do what it was
asked: `{program}` for {minutes} min on `{board}`, on machines drawn {draws} times from the ranges of each
plant file (pumps, valves, hoses, chambers, legs, sensors, batteries), at {pressures} mmHg in turn.

{conclusion}

{table}
- **rested**: chambers that a guard took out of the session, for a leak or a fill without end.
- **refused**: commands that the interlock had to catch.
- **short**: fills released before the true pressure was within 1.5 mmHg of the target. Not zero, for two
  reasons. A sensor keeps errors of gain and curve after zeroing, and its chamber is filled to what it shows.
  And when a leg moves at the end of a fill, its chamber may be called full too soon; it is topped up, but
  perhaps not within that stage. **good**: those in chambers whose sensor is better than 1 mmHg, where only
  the second reason is left.
- **over**: the highest true pressure of any chamber above the highest target, worst session. On `tired` the
  legs move: 20 to 30 mL of muscle against a sealed chamber, for half a second.
- **over 15**: the longest time that any chamber was more than 15 mmHg above that target. The guard trips at 1
  s.
- **held**: mean true pressure less target while held, lowest and highest chamber of any session.
- **sensor**: the worst that a zeroed sensor of this plant can be off at {firmest} mmHg.
- **own**: the worst of **held** without the sensors' own errors: only this part is the controller's.
- **p95**: the hold error that 95 % of the held time stays below, worst chamber: median and worst session.
- **a cycle**: median length, quickest and slowest session. The program asks for 50 s; firm pressures and a
  weak pump take longer.

[verdict.py](../host_tools/verify/healthy/verdict.py) defines what counts as fine.
"""

_COUNTS = ("plant", "sessions", "fine", "faults", "rested", "refused", "fills", "short", "good")
_PRESSURES = ("over, mmHg", "over 15, s", "held, mmHg", "sensor", "own", "p95")
_HEADINGS = (*_COUNTS, *_PRESSURES, "a cycle, s")


def healthy_page(draws: int = DRAWS) -> tuple[Files, list[str]]:
    """The page, and what fell short."""
    verdicts = judge_healthy(draws)
    short = _shortfalls(verdicts)
    page = _TEXT.format(
        program=PROGRAM,
        minutes=MINUTES,
        board=DEFAULT_BOARD,
        draws=draws,
        firmest=max(PRESSURES_MMHG),
        pressures=", ".join(str(mmhg) for mmhg in PRESSURES_MMHG),
        conclusion=_conclusion(verdicts, short),
        table=table(_HEADINGS, [_row(plant, verdicts) for plant in plant_names()]),
    )
    return {PAGE: page.encode()}, short


def _conclusion(verdicts: dict[Case, Verdict], short: list[str]) -> str:
    count = len(verdicts)
    if not short:
        over = f"without overpressure ({OVER_MOST_MMHG:.0f} mmHg too much for {OVER_MOST_S:.0f} s)"
        return f"All {count} completed, without a fault, {over}, with their targets reached."
    return f"{len(short)} of {count} fell short:\n\n" + "\n".join(f"- {line}" for line in short)


def _shortfalls(verdicts: dict[Case, Verdict]) -> list[str]:
    return [
        f"{case.plant}, seed {case.seed}, {case.pressure} mmHg: {'; '.join(verdict.shortfalls)}"
        for case, verdict in verdicts.items()
        if verdict.shortfalls
    ]


def _row(plant: str, verdicts: dict[Case, Verdict]) -> list[str]:
    its = [verdict for case, verdict in verdicts.items() if case.plant == plant]
    p95s = [verdict.hold_p95_mmhg for verdict in its]
    cycles = [verdict.cycle_s for verdict in its]
    return [
        f"`{plant}`: {load_plant(plant).about}",
        f"{len(its)}",
        f"{sum(not verdict.shortfalls for verdict in its)}",
        f"{sum(bool(verdict.fault) for verdict in its)}",
        f"{sum(len(verdict.rested) for verdict in its)}",
        f"{sum(verdict.refused_count for verdict in its)}",
        f"{sum(verdict.fills for verdict in its)}",
        f"{sum(verdict.unreached for verdict in its)}",
        f"{sum(verdict.unreached_with_good_sensor for verdict in its)}",
        f"{max(verdict.highest_mmhg - verdict.wanted_mmhg for verdict in its):.1f}",
        f"{max(verdict.over_s for verdict in its):.2f}",
        f"{min(v.held_off_mmhg[0] for v in its):+.1f} to {max(v.held_off_mmhg[1] for v in its):+.1f}",
        f"±{sensor_most_mmhg(load_plant(plant), max(PRESSURES_MMHG)):.1f}",
        f"{max(verdict.regulated_off_mmhg for verdict in its):.1f}",
        f"{median(p95s):.1f}, {max(p95s):.1f}",
        f"{min(cycles):.0f}–{max(cycles):.0f}",
    ]
