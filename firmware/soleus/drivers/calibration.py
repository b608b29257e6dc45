"""From what a converter shows to pascals, by two points: the datasheet's, or a person's own.

A 12-bit converter's curve is off by 20 to 60 mV, which is 2 to 6 mmHg for a 40 kPa part; two
points taken against a gauge bring that down to the curve's bow between them.
"""

# Inputs are cut to 2**18 counts and the slope is kept in 4096ths, so that no product reaches 2**30.
_SLOPE_SHIFT = 12


class Line:
    """pa = (raw - zero_raw) * slope, in small integers."""

    def __init__(self, low_raw: int, low_pa: int, high_raw: int, high_pa: int) -> None:
        span_raw = high_raw - low_raw
        span_pa = high_pa - low_pa
        if span_raw <= 0 or span_pa <= 0:
            raise ValueError("calibration: the second point must be above the first in both")
        # Microvolts reach 3.3 million: sixteenths of that fit, and are still finer than the converter.
        self.shift = 4 if high_raw > 1 << 18 else 0
        self.slope_x4096 = (span_pa << _SLOPE_SHIFT << self.shift) // span_raw
        self.zero_raw = low_raw - low_pa * span_raw // span_pa

    def pa(self, raw: int) -> int:
        """Bound: 2**18 counts * 4096ths of at most 1 Pa a count."""
        return (raw - self.zero_raw >> self.shift) * self.slope_x4096 >> _SLOPE_SHIFT


def line_of(point_pair: object, nominal: Line) -> Line:
    """A person's calibration [[raw, pa], [raw, pa]], or the datasheet's where there is none."""
    if not isinstance(point_pair, (list, tuple)) or len(point_pair) != 2:
        return nominal
    (low_raw, low_pa), (high_raw, high_pa) = point_pair
    return Line(low_raw, low_pa, high_raw, high_pa)
