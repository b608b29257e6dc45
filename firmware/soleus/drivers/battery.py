"""The battery through a divider, on ADC1. It changes slowly: one conversion a tick is plenty."""

from machine import ADC, Pin


class Battery:
    def __init__(self, table: dict) -> None:
        self.adc = ADC(Pin(table["pin"]), atten=ADC.ATTN_11DB)
        self.top_ohm = table["top_ohm"]
        self.bottom_ohm = table["bottom_ohm"]
        # Millivolts at the battery for 1024 at the pin.
        self.ratio_x1024 = (self.top_ohm + self.bottom_ohm) * 1024 // self.bottom_ohm

    def read_mv(self) -> int:
        """Bound: 3300 mV * 1024 * a ratio of at most 20."""
        return self.adc.read_uv() // 1000 * self.ratio_x1024 >> 10
