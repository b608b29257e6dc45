"""The summary on the terminal fits, has units, and makes one sentence of a fault."""

import io
from dataclasses import replace
from typing import Literal

import pytest
from rich.console import Console

from host_tools.output.terminal import print_summary
from host_tools.output.words import duration, explanation, fault_sentence, measured_against
from host_tools.sim.figures.metrics import FaultResult, SessionResult, measure
from soleus.core.basics import fault_table, faults
from soleus.core.basics.faults import Notices
from soleus.core.session.session import NO_PRESENCE
from tests.host.output.synthetic import context, faulty_latch, session_trace


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
def test_the_summary_fits_eighty_columns_and_loses_no_number(result: SessionResult) -> None:
    text = shown(result)
    assert max(len(line) for line in text.splitlines()) <= 80
    for chamber in result.chambers:
        assert chamber.name in text
    assert "…" not in text
    assert "mmHg" in text
    assert "times real time" in text
    assert "no fill can be faster" in text, "why each fill is slower than the least"


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
        ("E03, pressure", "left.calf", (180010, 180000), "ms", "left.calf pressed for 180,010 ms, limit"),
        ("E14, sensor does not move", "left.calf", (200, 200), "ms", "sensor left.calf unmoved for 200 ms"),
        ("E23, chamber leaks", "left.calf", (150, 100), "permille of the pump", "left.calf cost 150"),
        ("E43, clock stands still", None, (10, 10), "ticks", "the clock stood still for 10 ticks, limit 10"),
        ("E51, pump runs", "manifold", (16, 15), "mmHg", "sensor manifold rose by 16.0 mmHg, limit 15.0"),
        ("E61, supply voltage too low", None, (9900, 10500), "mV", "the supply gave 9,900 mV, limit 10,500"),
    ],
)  # fmt: skip
def test_fault_sentences(
    code: str, chamber: str | None, values: tuple[float, float], unit: str, expected: str
) -> None:
    number, name = code.split(", ")
    sentence = fault_sentence(FaultResult(number, name, "REQ-X-1", chamber, *values, unit, 3.0))
    assert sentence.startswith(f"{code}: {expected}")
    assert sentence.endswith("at 3.00 s (REQ-X-1).")


def test_a_fault_names_the_chambers_that_are_not_known_to_be_empty() -> None:
    late = FaultResult("E41", "control tick late", "REQ-X-1", None, 75, 60, "ms", 3.0)
    sentence = fault_sentence(
        replace(late, still_pressed=("left.thigh",), not_seen=("left.foot", "left.calf"))
    )
    assert sentence.endswith(
        " left.thigh still pressed: open the boot."
        " Not seen: left.foot, left.calf; if it feels tight, open it."
    )


def test_every_fault_has_an_explanation_and_a_sentence_that_fits_its_unit() -> None:
    for code, name, requirement, unit in fault_table.TABLE[1:]:
        assert explanation(code)
        assert measured_against(FaultResult(code, name, requirement, "left.calf", 2.0, 1.0, unit, 3.0))
        if unit != "mmHg":
            sentence = measured_against(
                FaultResult(code, name, requirement, "left.calf", 2.0, 1.0, unit, 3.0)
            )
            assert " read " not in sentence, "only a pressure is read from a pressure sensor"


def rested() -> SessionResult:
    trace = session_trace(minutes=3)
    notices = Notices(len(trace.chamber_names))
    notices.rest(faults.LEAK, 2, 150, 100, 61_200)
    return measure(trace, replace(context(trace), notices=notices))


def test_a_rested_chamber_is_named_with_its_reason_and_fits() -> None:
    text = shown(rested())
    assert max(len(line) for line in text.splitlines()) <= 80
    printed = " ".join(text.split())
    assert "rested on the way: left.calf (E23, chamber leaks)" in printed
    assert (
        "left.calf rested after 61.20 s: E23, chamber leaks: left.calf cost 150 permille of the pump"
        in printed
    )
    assert explanation("E23") in printed
    assert "rested" not in shown(healthy())


def test_a_session_without_a_sign_of_life_says_why_it_ended() -> None:
    trace = session_trace(minutes=3)
    result = measure(trace, context(trace, ended_by=NO_PRESENCE))
    assert (result.outcome, result.ended_by) == ("stopped", "no sign of life")
    assert "The session ended by itself after 3 min: nobody gave a sign of life" in " ".join(
        shown(result).split()
    )


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, "0.0 s"), (59.94, "59.9 s"), (60.0, "1 min"), (933.4, "15 min 33 s")]
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
