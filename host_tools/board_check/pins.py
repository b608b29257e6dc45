"""Checks that the chip can use each pin as the board does, and that no pin is used twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from host_tools.board_check.chips import Chip
from host_tools.board_check.finding import Finding


class Role(Enum):
    POWER = "power"
    """Moves air: its pull-down must keep it off until the firmware runs."""
    INDICATOR = "indicator"
    """A light or a sound: may flicker while the chip starts."""
    TRIGGER = "trigger"
    """Feeds the one-shot, whose input draws no current, by a change of its level."""
    BUTTON = "button"
    STOP = "stop"
    BUS = "bus"
    ANALOG = "analog"


@dataclass(frozen=True)
class Use:
    key: str
    pin: int
    role: Role


_SINGLE = {
    "valves": dict.fromkeys(("data", "clock", "latch", "output_enable"), Role.POWER),
    "pump": {"pin": Role.POWER},
    "gate": {"pin": Role.POWER},
    "one_shot": {"pin": Role.TRIGGER},
    "i2c": {"scl": Role.BUS, "sda": Role.BUS},
    "battery": {"pin": Role.ANALOG},
    "buttons": {
        "start_stop": Role.BUTTON,
        "softer": Role.BUTTON,
        "louder": Role.BUTTON,
        "stop": Role.STOP,
    },
    "led": {"red": Role.INDICATOR, "green": Role.INDICATOR, "blue": Role.INDICATOR},
    "buzzer": {"pin": Role.INDICATOR},
}
_LISTS = {
    "valves": {"fill": Role.POWER, "vent": Role.POWER},
    "sensors": {"pins": Role.ANALOG},
}


def pin_uses(table: Mapping[str, Any]) -> list[Use]:
    """Every pin that a board file names, in the order of its tables."""
    uses = []
    for name in {**_LISTS, **_SINGLE}:
        part = table.get(name, {})
        for key, role in _LISTS.get(name, {}).items():
            uses += [Use(f"{name}.{key}[{index}]", pin, role) for index, pin in enumerate(part.get(key, []))]
        uses += [
            Use(f"{name}.{key}", part[key], role)
            for key, role in _SINGLE.get(name, {}).items()
            if key in part
        ]
    return uses


def pin_findings(chip: Chip, table: Mapping[str, Any]) -> Iterator[Finding]:
    taken: dict[int, str] = {}
    for use in pin_uses(table):
        reason = _why_never(chip, use.pin) or _why_not(chip, use)
        if reason:
            yield Finding(use.key, use.pin, reason)
        elif use.pin in taken:
            yield Finding(use.key, use.pin, f"a pin of its own; {taken[use.pin]} has this one")
        else:
            taken[use.pin] = use.key


def _why_never(chip: Chip, pin: int) -> str:
    """Why a pin can't be used for anything; empty if it can."""
    if pin not in chip.pins:
        return f"a pin of the {chip.title}: {spans(chip.pins - chip.flash_pins)}"
    if pin in chip.flash_pins:
        return f"another pin: {spans(chip.flash_pins)} are wired to the flash and the PSRAM"
    if pin in chip.repl_pins:
        return f"another pin: {spans(chip.repl_pins)} are the USB link to the laptop"
    return ""


def _why_not(chip: Chip, use: Use) -> str:
    if use.role is Role.ANALOG:
        return _why_not_analog(chip, use.pin)
    if use.pin in chip.input_only_pins:
        lacks = "drive anything" if use.role not in (Role.BUTTON, Role.STOP) else "pull up a button"
        return f"another pin: {spans(chip.input_only_pins)} are input-only and can't {lacks}"
    if use.role is Role.TRIGGER:
        return ""
    if use.pin in chip.strap_level and not _is_good_strap(chip, use):
        return f"another pin: {_named(chip.strap_level)} decide how the {chip.title} starts (strapping pins)"
    if use.pin in chip.restless_pins and use.role is not Role.INDICATOR:
        return (
            f"another pin: this one chatters while the {chip.title} starts; a light or a buzzer may have it"
        )
    return ""


def _why_not_analog(chip: Chip, pin: int) -> str:
    if pin in chip.adc1_pins:
        return ""
    if pin in chip.adc2_pins:
        return f"a pin of ADC1 ({spans(chip.adc1_pins)}): ADC2 doesn't measure while Wi-Fi is on"
    return f"a pin of ADC1 ({spans(chip.adc1_pins)}): this one measures nothing"


def _is_good_strap(chip: Chip, use: Use) -> bool:
    """A light or a transistor keeps a strapping pin low; BOOT's pin is high unless the button is pressed."""
    if use.role is Role.INDICATOR:
        return chip.strap_level[use.pin] == "low"
    return use.role is Role.BUTTON and use.pin == chip.boot_button_pin


def spans(pins: frozenset[int] | tuple[int, ...]) -> str:
    """`0-5, 12`: numbers as ranges."""
    runs: list[list[int]] = []
    for pin in sorted(pins):
        if runs and pin == runs[-1][-1] + 1:
            runs[-1].append(pin)
        else:
            runs.append([pin])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _named(pins: Mapping[int, str]) -> str:
    *most, last = sorted(pins)
    return f"{', '.join(map(str, most))} and {last}"
