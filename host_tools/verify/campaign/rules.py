"""The verdict on a trial, from true pressures alone: harm is defined here and nowhere else.

harm      too much pressure, or pressure that is not gone in time, whatever the machine noticed.
trapped   no command can empty the chamber: its only way out is blocked, or air goes on coming from a pump
          that the board has no gate to cut off, through a valve that doesn't close. The fault was noticed,
          and pressure stayed below the limit; a person has to take the boot off or pull the plug. That is a
          residual risk: shown apart, never counted as harmless.
alarm     nothing was broken yet, and the machine stopped or rested a chamber.
detected  a fault was latched, or a chamber rested, after the onset.
harmless  neither: the session went on, or ended as it should, without harm.
"""

from dataclasses import dataclass

from host_tools.plant.parts.units import SAFE_MMHG

HARM, TRAPPED, ALARM, DETECTED, HARMLESS = VERDICTS = ("harm", "trapped", "alarm", "detected", "harmless")

PRESSURE_MOST_MMHG = 150.0
# With the pump shorted on, only the relief valve limits the pressure; it may open as late as 160.
RUNAWAY_MOST_MMHG = 160.0
RUNAWAY = ("pump", "stuck")

# From detection until every chamber is below SAFE_MMHG.
SAFE_WITHIN_S = 5.0
PRESSED_MMHG = 15.0
# The guard's three minutes, and the time that the venting after them may take.
PRESSED_MOST_S = 180.0 + SAFE_WITHIN_S
# A vent that isn't open, or a hose that passes nothing: (kind of component, mode).
HOLDS_THE_AIR = {
    ("valve.vent", "stuck"),
    ("valve.three-way", "stuck"),
    ("hose", "kink"),
}
# With both on a board without a gate, nothing keeps the pump's air out.
FEEDS_THE_AIR = {RUNAWAY, ("valve.fill", "stuck")}


@dataclass(frozen=True)
class Outcome:
    """What the rules look at. Times are seconds since the beginning; None is "never"."""

    broken: frozenset[tuple[str, str]]  # (kind of component, mode), each that was broken; empty: healthy
    onset_s: float | None
    noticed_s: float | None  # the first latch or rested chamber, whenever it was
    latched_s: float | None
    safe_s: float | None  # after the latch
    end_s: float
    is_moving_only: bool = False  # nothing but a leg that moves
    max_pressure_mmhg: float = 0.0
    pressed_s: float = 0.0  # the longest that any chamber stayed above `PRESSED_MMHG`
    # At the end some chamber is above `PRESSED_MMHG`. Not `SAFE_MMHG`: with the vents open the remaining air
    # is on its way out, and a sensor may be a few mmHg wrong.
    pressed_at_end: bool = False
    has_gate: bool = True

    @property
    def is_beyond_commands(self) -> bool:
        is_fed = not self.has_gate and self.broken >= FEEDS_THE_AIR
        return is_fed or bool(self.broken & HOLDS_THE_AIR)

    @property
    def most_mmhg(self) -> float:
        return RUNAWAY_MOST_MMHG if RUNAWAY in self.broken else PRESSURE_MOST_MMHG

    @property
    def is_detected(self) -> bool:
        return self.noticed_s is not None and not self.is_false_alarm

    @property
    def is_false_alarm(self) -> bool:
        if self.noticed_s is None:
            return False
        return self.onset_s is None or self.is_moving_only or self.noticed_s < self.onset_s


def verdict(outcome: Outcome) -> tuple[str, str]:
    """The verdict and, for harm, a trapped chamber and a false alarm, the reason."""
    too_high = _too_high(outcome)
    stays = _stays(outcome)
    if too_high:
        return HARM, too_high
    if stays and outcome.is_detected and outcome.is_beyond_commands:
        return TRAPPED, stays
    if stays:
        return HARM, stays
    if outcome.is_false_alarm:
        return ALARM, "nothing was broken"
    return (DETECTED if outcome.is_detected else HARMLESS), ""


def _too_high(outcome: Outcome) -> str:
    if outcome.max_pressure_mmhg <= outcome.most_mmhg:
        return ""
    return f"{outcome.max_pressure_mmhg:.0f} mmHg, above {outcome.most_mmhg:.0f}"


def _stays(outcome: Outcome) -> str:
    """The pressure that isn't gone in time, in words; empty if there is none."""
    if outcome.latched_s is not None:
        late_s = (outcome.end_s if outcome.safe_s is None else outcome.safe_s) - outcome.latched_s
        if outcome.safe_s is None or late_s > SAFE_WITHIN_S:
            how = "still not" if outcome.safe_s is None else "only then"
            return f"{late_s:.1f} s after the fault was latched: {how} below {SAFE_MMHG:.0f} mmHg"
    elif outcome.pressed_at_end:
        return f"the session ended with more than {PRESSED_MMHG:.0f} mmHg in a chamber, and no fault"
    if outcome.pressed_s > PRESSED_MOST_S:
        return f"above {PRESSED_MMHG:.0f} mmHg for {outcome.pressed_s:.0f} s"
    return ""
