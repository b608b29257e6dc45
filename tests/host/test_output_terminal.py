"""The summary on the terminal: it fits, it has units, and a fault is one sentence."""

import io
from typing import Literal

import pytest
from rich.console import Console

from host_tools.output.metrics import FaultResult, SessionResult, measure
from host_tools.output.terminal import print_summary
from host_tools.output.words import duration, fault_sentence
from tests.host.synthetic import context, faulty_latch, session_trace


def shown(result: SessionResult, width: int = 80, is_terminal: bool = False) -> str:
    out = io.StringIO()
    colours: Literal["standard"] | None = "standard" if is_terminal else None
    console = Console(file=out, width=width, force_terminal=is_terminal, color_system=colours)
    print_summary(result, console)
    return out.getvalue()


def healthy() -> SessionResult:
    trace = session_trace(minutes=3)
    return measure(trace, context(trace))


def faulty() -> SessionResult:
    trace = session_trace(minutes=3, fault_at_s=100)
    return measure(trace, context(trace, faulty_latch(trace)))


@pytest.mark.parametrize("result", [healthy(), faulty()], ids=["healthy", "faulty"])
def test_it_fits_eighty_columns_and_loses_no_number(result: SessionResult) -> None:
    text = shown(result)
    assert max(len(line) for line in text.splitlines()) <= 80
    for chamber in result.chambers:
        assert chamber.name in text
    assert "…" not in text
    assert "mmHg" in text
    assert "times real time" in text


def test_the_outcome_is_coloured_on_a_terminal_only() -> None:
    assert "\x1b[1;32mCOMPLETED" in shown(healthy(), is_terminal=True)
    assert "\x1b[1;31mFAULT" in shown(faulty(), is_terminal=True)
    assert "\x1b[" not in shown(healthy())


def test_a_fault_names_sensor_value_and_limit() -> None:
    text = " ".join(shown(faulty()).split())
    assert "sensor left.calf read 93.4 mmHg, limit 85.0 mmHg, at 100.01 s (REQ-PRESSURE-1)." in text
    assert "detected after 0.61 s, safe after" in text


@pytest.mark.parametrize(
    ("code", "chamber", "values", "unit", "expected"),
    [
        ("E12, sensor gives no reading", "manifold", (60, 50), "ms", "sensor manifold silent for 60 ms"),
        ("E21, chamber does not fill", "left.calf", (45010, 45000), "ms", "left.calf filling for 45,010 ms"),
        ("E41, control tick late", None, (75, 60), "ms", "the machine took 75 ms, limit 60 ms"),
        ("E31, chamber does not vent", "left.calf", (12, 10), "mmHg", "sensor left.calf read 12.0 mmHg"),
    ],
)  # fmt: skip
def test_fault_sentences(
    code: str, chamber: str | None, values: tuple[float, float], unit: str, expected: str
) -> None:
    number, name = code.split(", ")
    sentence = fault_sentence(FaultResult(number, name, "REQ-X-1", chamber, *values, unit, 3.0))
    assert sentence.startswith(f"{code}: {expected}")
    assert sentence.endswith("at 3.00 s (REQ-X-1).")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, "0.0 s"), (59.94, "59.9 s"), (60.0, "1 min"), (933.4, "15 min 33 s")]
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
