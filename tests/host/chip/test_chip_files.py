"""Chip files: those that come with Soleus are whole; a wrong one is refused in a line that says where."""

import re
from pathlib import Path

import pytest

from host_tools.basics.errors import InputError
from host_tools.catalogue.chips import COSTS, SEEN, chip_names, load_chip

GOOD = "value = 10.3"
WRONG = {
    "a missing cost": (r"flash_read_us = .*\n", "", "costs.flash_read_us", "one read of the flash"),
    "a negative cost": (r"value = 10.3", "value = -1", "costs.instruction_ns.value", "0 or more"),
    "a cost that is no number": (GOOD, 'value = "fast"', "costs.instruction_ns.value", "a number"),
    "an endless cost": (GOOD, "value = inf", "costs.instruction_ns.value", "a number"),
    "a cost without its source": (
        r"console_byte_us = .*",
        'console_byte_us = { value = 2, seen = "guess" }',
        "costs.console_byte_us",
        "source",
    ),
    "a source that nobody knows": (r'seen = "emulated"', 'seen = "heard"', "seen", "one of silicon"),
    "an unknown cost": (r"\[costs\]", "[costs]\nbeauty_us = 1", "costs.beauty_us", "one of the costs"),
    "an unknown key": (r"has_psram", "has_wifi", "has_wifi", "one of the keys"),
    "an unknown kind of chip": (r'chip = "esp32"', 'chip = "avr"', "chip", "one of esp32"),
    "a clock of nothing": (r"clock_hz = 240_000_000", "clock_hz = 0", "clock_hz", "above 0"),
}


@pytest.mark.parametrize("name", chip_names())
def test_a_chip_file_gives_every_cost_and_where_it_was_seen(name: str) -> None:
    chip = load_chip(name)
    assert chip.name == name
    assert list(chip.costs) == list(COSTS)
    assert {cost.seen for cost in chip.costs.values()} <= set(SEEN)


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_chip_file_is_refused_with_its_key(case: str, tmp_path: Path) -> None:
    old, new, key, expected = WRONG[case]
    text, count = re.subn(old, new, load_chip("esp32").file.read_text(), count=1)
    assert count == 1
    file = tmp_path / "chip.toml"
    file.write_text(text)
    with pytest.raises(InputError) as refused:
        load_chip(file)
    assert str(file) in str(refused.value)
    assert key in refused.value.key
    assert expected in refused.value.expected


def test_an_unknown_chip_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match="esp32-s3"):
        load_chip("esp33")
