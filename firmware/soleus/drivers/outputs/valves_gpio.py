"""Valves whose transistors hang on a pin each, with peak-and-hold by PWM.

A solenoid needs its full power to pull in, and about a quarter of it to stay: full for `peak_ms`,
then `hold_permille` of the time. At 20 kHz neither the coil nor a person hears the chopping.
"""

from machine import PWM, Pin
from micropython import const

from soleus.drivers.outputs.duty import FULL_U16, u16_from_permille

_HOLD_HZ = const(20_000)


class GpioValves:
    def __init__(self, table: dict, chamber_count: int) -> None:
        pins = list(table["fill"]) + list(table.get("vent", ()))
        self.fill_count = chamber_count
        self.peak_ms = table.get("peak_ms", 100)
        self.hold_u16 = u16_from_permille(table.get("hold_permille", 1000))
        # A chip has 6 to 16 PWM channels; without a hold to save power none is spent on valves.
        self.is_chopped = self.hold_u16 < FULL_U16
        self.outputs: list = []
        if self.is_chopped:
            self.outputs = [PWM(Pin(pin), freq=_HOLD_HZ, duty_u16=0) for pin in pins]
        else:
            self.outputs = [Pin(pin, Pin.OUT, value=0) for pin in pins]
        self.on_ms = [0] * len(pins)
        self.is_on = [False] * len(pins)
        self.driven_bits = 0
        # Some valve still has its full power, and will get less.
        self.is_pulling = False

    def apply(self, fill_bits: int, seal_bits: int, dt_ms: int) -> None:
        bits = fill_bits | seal_bits << self.fill_count
        if bits == self.driven_bits and not self.is_pulling:
            return
        self.driven_bits = bits
        self.is_pulling = False
        for index in range(len(self.outputs)):
            if bits >> index & 1:
                self._energise(index, dt_ms)
            elif self.is_on[index]:
                self.is_on[index] = False
                self._drive(index, 0)

    def _energise(self, index: int, dt_ms: int) -> None:
        if not self.is_on[index]:
            self.is_on[index] = True
            self.on_ms[index] = 0
            self.is_pulling = self.is_chopped
            self._drive(index, FULL_U16)
            return
        if not self.is_chopped or self.on_ms[index] >= self.peak_ms:
            return
        self.on_ms[index] += dt_ms
        if self.on_ms[index] >= self.peak_ms:
            self._drive(index, self.hold_u16)
        else:
            self.is_pulling = True

    def _drive(self, index: int, duty_u16: int) -> None:
        if self.is_chopped:
            self.outputs[index].duty_u16(duty_u16)
        else:
            self.outputs[index].value(1 if duty_u16 else 0)
