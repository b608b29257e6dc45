"""What each chip's pins can and can't do.

Sources: Espressif's datasheets (sections on strapping pins, power-up glitches and ADC), the GPIO tables of
the ESP-IDF programming guide, and MicroPython's ESP32 quick reference.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chip:
    title: str
    pins: frozenset[int]
    flash_pins: frozenset[int]
    """Flash and PSRAM: touching them stops the program."""
    repl_pins: frozenset[int]
    """Where the interpreter's prompt and the console link are: the USB cable."""
    input_only_pins: frozenset[int]
    """Inputs only, without pull-up."""
    strap_level: dict[int, str]
    """Read while the chip starts, with the level that lets it start: low, high or either."""
    boot_button_pin: int
    """The strapping pin with a button on every development board: low only while that is pressed."""
    restless_pins: frozenset[int]
    """High or changing before any firmware runs."""
    adc1_pins: tuple[int, ...]
    adc2_pins: tuple[int, ...]
    adc_least_mv: int
    adc_most_mv: int
    """Between these two, at its widest range, the converter is linear enough."""
    pwm_channels: int
    pwm_timers: int
    """Each frequency takes one."""


def _pins(*spans: tuple[int, int]) -> frozenset[int]:
    return frozenset(pin for first, last in spans for pin in range(first, last + 1))


CHIPS = {
    "esp32": Chip(
        title="ESP32",
        pins=_pins((0, 19), (21, 23), (25, 27), (32, 36), (39, 39)),
        flash_pins=_pins((6, 11)),
        repl_pins=frozenset({1, 3}),
        input_only_pins=_pins((34, 39)),
        strap_level={0: "high", 2: "low", 5: "high", 12: "low", 15: "high"},
        boot_button_pin=0,
        restless_pins=frozenset({14}),
        adc1_pins=(36, 39, 32, 33, 34, 35),
        adc2_pins=(4, 0, 2, 15, 13, 12, 14, 27, 25, 26),
        adc_least_mv=150,
        adc_most_mv=2450,
        pwm_channels=16,
        pwm_timers=8,
    ),
    "esp32-s3": Chip(
        title="ESP32-S3",
        pins=_pins((0, 21), (26, 48)),
        flash_pins=_pins((26, 37)),
        repl_pins=frozenset({19, 20}),
        input_only_pins=frozenset(),
        strap_level={0: "high", 3: "either", 45: "low", 46: "low"},
        boot_button_pin=0,
        restless_pins=frozenset({18, 43}),
        adc1_pins=tuple(range(1, 11)),
        adc2_pins=tuple(range(11, 21)),
        adc_least_mv=0,
        adc_most_mv=3100,
        pwm_channels=8,
        pwm_timers=4,
    ),
    "esp32-c3": Chip(
        title="ESP32-C3",
        pins=_pins((0, 21)),
        flash_pins=_pins((11, 17)),
        repl_pins=frozenset({18, 19}),
        input_only_pins=frozenset(),
        strap_level={2: "high", 8: "high", 9: "high"},
        boot_button_pin=9,
        restless_pins=frozenset({21}),
        adc1_pins=(0, 1, 2, 3, 4),
        adc2_pins=(5,),
        adc_least_mv=0,
        adc_most_mv=2500,
        pwm_channels=6,
        pwm_timers=4,
    ),
}
