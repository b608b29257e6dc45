# mypy: ignore-errors
"""A pin as an output, then the same pin by PWM."""

from helpers import each_us, say
from machine import PWM, Pin

_ROUNDS = 200


def measure(pin: int, pwm_hz: int) -> None:
    out = Pin(pin, Pin.OUT, value=0)
    value = out.value

    def write(rounds: int) -> None:
        for _ in range(rounds):
            value(1)

    say("pin_write_us", each_us(write, _ROUNDS))
    pwm = PWM(out, freq=pwm_hz, duty_u16=0)
    duty_u16 = pwm.duty_u16

    def change(rounds: int) -> None:
        for number in range(rounds):
            duty_u16(20_000 + number)

    try:
        say("pwm_change_us", each_us(change, _ROUNDS))
    finally:
        pwm.deinit()
        out.init(Pin.IN)
