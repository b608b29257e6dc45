# mypy: ignore-errors
"""One analog input, as the drivers read it."""

from helpers import each_us, say
from machine import ADC, Pin

_ROUNDS = 100


def measure(pin: int) -> None:
    read_uv = ADC(Pin(pin), atten=ADC.ATTN_11DB).read_uv
    try:
        read_uv()
    except OSError:
        # The chip was made without a calibration in its eFuse.
        say("is_adc_calibrated", False)
        return
    say("is_adc_calibrated", True)

    def read(rounds: int) -> None:
        for _ in range(rounds):
            read_uv()

    say("adc_sample_us", each_us(read, _ROUNDS))
