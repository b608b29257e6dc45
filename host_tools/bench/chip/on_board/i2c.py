# mypy: ignore-errors
"""I2C with nobody there: a transfer ends after the address."""

import machine
from helpers import median_us, say
from machine import Pin

_NOBODY = 0x6B
# Of ESP-IDF, and of Linux.
_ETIMEDOUT = (116, 110)
_TIMES = 30


def measure(scl: int, sda: int, fast_hz: int, slow_hz: int) -> None:
    """The chip's own I2C, at two clocks: the bits are the same, and take a different time."""
    for name, hz in (("slow", slow_hz), ("fast", fast_hz)):
        bus = machine.I2C(0, scl=Pin(scl), sda=Pin(sda), freq=hz)
        ask(bus, b"x")
        say("i2c_{}_us".format(name), median_us(_TIMES, ask, bus, b"x"))
    # With nobody there the other 19 bytes must not cost anything.
    say("i2c_20_bytes_us", median_us(_TIMES, ask, bus, bytes(20)))


def soft(scl: int, sda: int, hz: int) -> None:
    """Reading bits doesn't need anybody: an idle line reads as ones."""
    # SoftI2C gives its pins no pull-up.
    pins = [Pin(number, Pin.OPEN_DRAIN, Pin.PULL_UP) for number in (scl, sda)]
    bus = machine.SoftI2C(scl=pins[0], sda=pins[1], freq=hz)
    ask(bus, b"x")
    say("soft_i2c_address_us", median_us(_TIMES, ask, bus, b"x"))
    for count in (1, 20):
        say("soft_i2c_{}_us".format(count), median_us(_TIMES, read, bus, bytearray(count)))


def ask(bus: object, content: bytes) -> None:
    try:
        bus.writeto(_NOBODY, content)
    except OSError as error:
        # Drivers call it by different numbers when nobody answers; but then no line hangs.
        if error.args[0] in _ETIMEDOUT:
            raise
        return
    raise ValueError("somebody answers at address 0x6b")


def read(bus: object, into: bytearray) -> None:
    bus.start()
    bus.readinto(into)
    bus.stop()
