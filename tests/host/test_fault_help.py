"""Every fault has help that is complete, short, and the same on device and laptop; nothing else has any."""

import pytest
from typer.testing import CliRunner

from host_tools.basics.errors import InputError
from host_tools.cli import app
from host_tools.flash.contents.application import advice_text
from host_tools.output.words import explanation
from host_tools.safety.fault_help import ABOUT, CLEARING, WHAT, advice, how_to_clear
from soleus.core.basics import fault_table, faults

CODES = [row[0] for row in fault_table.TABLE[1:]]


def test_every_code_has_help_and_every_help_has_its_code() -> None:
    assert sorted(ABOUT) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_help_is_complete_and_short(code: str) -> None:
    assert len(ABOUT[code]) == len(WHAT)
    for sentence in ABOUT[code]:
        assert sentence[0].isupper() or sentence[0].isdigit() or sentence[0] == "`"
        assert sentence.endswith((".", "?"))
        assert 10 <= len(sentence) <= 110
    assert len(set(ABOUT[code])) == len(WHAT)


@pytest.mark.parametrize("code", CODES)
def test_device_and_laptop_say_the_same(code: str) -> None:
    assert advice(code) == explanation(code)
    assert f"{code} {advice(code)}\n" in advice_text()
    assert ABOUT[code][0] in explanation(code)
    assert ABOUT[code][2] in explanation(code)


def test_an_unknown_code_has_no_help() -> None:
    assert explanation("E99") == ""
    assert advice("-") == ""


@pytest.mark.parametrize("row", range(1, len(fault_table.TABLE)))
def test_only_what_is_latched_asks_for_a_person_to_clear_it(row: int) -> None:
    assert (CLEARING in how_to_clear(fault_table.TABLE[row][0])) == (row not in faults.RESTED)


def test_the_command_line_lists_every_code_and_shows_all_that_is_known_of_one() -> None:
    listed = CliRunner().invoke(app, ["fault", "list"])
    assert listed.exit_code == 0
    for code in CODES:
        assert code in listed.stdout
        shown = CliRunner().invoke(app, ["fault", "show", code.lower()])
        words = " ".join(shown.stdout.split())
        assert all(sentence in words for sentence in ABOUT[code][:3]), words


def test_an_unknown_code_is_unusable_input() -> None:
    result = CliRunner().invoke(app, ["fault", "show", "E99"])
    assert isinstance(result.exception, InputError)
    assert "soleus fault list" in str(result.exception)
