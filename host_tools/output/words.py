"""Results in sentences, for the terminal, the report and the pictures."""

from collections.abc import Sequence

from host_tools.safety import fault_help
from host_tools.sim.figures.metrics import FaultResult, SessionResult

# How a session came to its end, and where it ends for want of a sign of life, why.
_ENDINGS = {
    "completed": "The session ran to its end after {}",
    "stopped": "The session was stopped after {}",
    "until": "The simulation ended at {}, as --until asked, with the session still going on",
    "no sign of life": "The session ended by itself after {}: nobody gave a sign of life",
}


def outcome_sentence(result: SessionResult) -> str:
    if result.fault:
        return fault_sentence(result.fault)
    ending = _ENDINGS[result.ended_by].format(duration(result.simulated_s))
    rested = ", ".join(f"{notice.chamber} ({notice.code}, {notice.name})" for notice in result.notices)
    return f"{ending}; rested on the way: {rested}." if rested else f"{ending}; no fault."


def fault_sentence(fault: FaultResult) -> str:
    """Names the sensor, the value and the limit; and the chambers that weren't empty at the end."""
    return (
        f"{fault.code}, {fault.name}: {measured_against(fault)}, at {fault.at_s:.2f} s ({fault.requirement})."
        + pressed_words(fault.still_pressed, fault.not_seen)
    )


def pressed_words(still_pressed: Sequence[str], not_seen: Sequence[str]) -> str:
    """A sentence for each, or nothing."""
    pressed = f" {', '.join(still_pressed)} still pressed: open the boot." if still_pressed else ""
    return pressed + (f" Not seen: {', '.join(not_seen)}; if it feels tight, open it." if not_seen else "")


def rested_sentence(notice: FaultResult) -> str:
    return (
        f"{notice.chamber} rested, the others went on; "
        f"{notice.code}, {notice.name}: {measured_against(notice)} ({notice.requirement})."
    )


def measured_against(fault: FaultResult) -> str:
    value, limit = (amount(number, fault.unit) for number in (fault.value, fault.limit))
    return f"{_where(fault)} {value}, limit {limit}"


def explanation(code: str) -> str:
    """For a person who holds the boots, not the source. A code without help still has its name."""
    return fault_help.advice(code)


def amount(value: float, unit: str) -> str:
    number = f"{value:.1f}" if unit == "mmHg" else f"{value:,.0f}"
    return f"{number} {unit}".strip()


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, left_s = divmod(round(seconds), 60)
    return f"{minutes} min" if left_s == 0 else f"{minutes} min {left_s} s"


def number(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def worst(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


# Whose value it is, and what kind of value; the sensor's reading where a code isn't here.
_KINDS_OF_VALUE = {
    "E03": "{} pressed for",
    "E12": "sensor {} silent for",
    "E14": "sensor {} unmoved for",
    "E15": "sensor {} jumped by",
    "E16": "sensor {} apart from the others by",
    "E17": "sensor {} apart from the manifold's by",
    "E21": "{} filling for",
    "E22": "{} lost",
    "E23": "{} cost",
    "E41": "the machine took",
    "E42": "the session took",
    "E43": "the clock stood still for",
    "E51": "sensor {} rose by",
    "E52": "chambers without a trace of air:",
    "E61": "the supply gave",
}


def _where(fault: FaultResult) -> str:
    return _KINDS_OF_VALUE.get(fault.code, "sensor {} read").format(fault.chamber)
