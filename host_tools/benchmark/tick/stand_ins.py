"""The chip's modules, as lean as can be: what a tick calls of them is machine code of a few instructions.

A chip's own pins, buses and converters take their time by the chip's file; here only Python counts.
"""

import sys
import time as unix_time

import micropython

ANSWERS_MOST = 16
ANSWER_BYTES = 4

# What the world shows in this tick: the clock, and each sensor's answer on the bus, in the order of asking.
clock_ms = bytearray(4)
answers = bytearray(ANSWER_BYTES * ANSWERS_MOST)
place = bytearray(1)
# By the numbers of their pins: microvolts, four for each tick.
samples = {}


@micropython.viper
def ticks() -> int:
    clock = ptr8(clock_ms)  # noqa: F821 (a word of viper's)
    return clock[0] | clock[1] << 8 | clock[2] << 16


@micropython.viper
def released() -> int:
    return 1


@micropython.viper
def take(_value):
    pass


@micropython.viper
def feed():
    pass


@micropython.viper
def write(_address, _content):
    pass


@micropython.viper
def read_answer(_address, buffer):
    source = ptr8(answers)  # noqa: F821 (a word of viper's)
    target = ptr8(buffer)  # noqa: F821 (a word of viper's)
    at = ptr8(place)  # noqa: F821 (a word of viper's)
    first = at[0]
    for byte in range(3):
        target[byte] = source[first + byte]
    at[0] = first + 4


class Part:
    OUT = IN = PULL_UP = PULL_DOWN = ATTN_11DB = PERIODIC = 1

    def __init__(self, pin=None, _mode=None, pull=None, **_):
        self.pin = pin.pin if isinstance(pin, Part) else pin
        # A contact is read; every other pin is driven.
        self.value = take if pull is None else released
        self.duty_u16 = take
        self.feed = feed
        self.writeto = self.writevto = write
        self.readfrom_into = read_answer
        # Four, because a longer list would give memory back, which a tick can not do.
        self.read_uv = samples.setdefault(self.pin, [165_000] * 4).pop

    def init(self, *_, **__):
        pass

    def deinit(self):
        pass

    def memory(self, _content=b""):
        return b""


class machine:
    Pin = PWM = ADC = SoftI2C = Timer = RTC = WDT = Part
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

    @staticmethod
    def reset_cause():
        return 1

    @staticmethod
    def unique_id():
        return b"123456"

    @staticmethod
    def freq(_hz):
        pass


class time:
    pass


for name in dir(unix_time):
    setattr(time, name, getattr(unix_time, name))
time.ticks_ms = time.ticks_us = ticks
sys.modules["machine"] = machine
sys.modules["time"] = time
