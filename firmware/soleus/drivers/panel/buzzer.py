"""A piezo buzzer by PWM: loudest near its resonance, 4 kHz for most small ones."""

from machine import PWM, Pin
from micropython import const

_TONE_HZ = const(4000)


class Buzzer:
    def __init__(self, table: dict) -> None:
        self.pwm = PWM(Pin(table["pin"]), freq=_TONE_HZ, duty_u16=0)

    def sound(self, is_on: bool) -> None:
        self.pwm.duty_u16(32_768 if is_on else 0)
