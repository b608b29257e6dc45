"""Pins that are free on every development board of a chip, so that nobody's wiring is driven.

Not strapping pins, not flash, PSRAM or USB, not the UART that a board's USB chip drives, no JTAG of the S3,
and no pin with an LED on common boards. `tests/host/chip` holds them against `host_tools/board_check`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FreePins:
    scl: int
    sda: int
    out: int
    adc: int
    """Is only read."""

    def __str__(self) -> str:
        return (
            f"GPIO{self.scl} and GPIO{self.sda} as a bus, GPIO{self.out} as an output, GPIO{self.adc} is read"
        )


FREE_PINS = {
    "esp32": FreePins(scl=22, sda=21, out=26, adc=34),
    "esp32-s3": FreePins(scl=9, sda=8, out=5, adc=4),
    "esp32-c3": FreePins(scl=7, sda=6, out=10, adc=3),
}
