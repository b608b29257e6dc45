"""From a converter's numbers to pascals, by two points: the datasheet's, or a person's own.

A 12-bit converter's curve is off by 20 to 60 mV, which is 2 to 6 mmHg for a 40 kPa part; two
points taken with a gauge leave only the bend of the curve between them.
"""

# No product may reach 2**30, where the chip would allocate.
_PRODUCT_MOST = (1 << 30) - 1
_FRACTION_BITS_MOST = 16


class Line:
    """pa = (raw - zero_raw) * slope, in small integers, and as finely as they allow."""

    def __init__(self, low_raw: int, low_pa: int, high_raw: int, high_pa: int) -> None:
        span_raw = high_raw - low_raw
        span_pa = high_pa - low_pa
        if span_raw <= 0 or span_pa <= 0:
            raise ValueError("calibration: the second point must be above the first in both")
        # Microvolts reach 4 million: sixteenths of that fit, and are still finer than the converter.
        self.shift = 4 if high_raw > 1 << 18 else 0
        # The largest number of a converter: 16 bits of an ADS1115, 18 of a digital sensor or of microvolts.
        most_raw = 1 << 15 if high_raw < 1 << 15 else 1 << 18
        self.fraction_bits = _FRACTION_BITS_MOST
        while self._slope(span_pa, span_raw) * most_raw > _PRODUCT_MOST:
            self.fraction_bits -= 1
        self.slope = self._slope(span_pa, span_raw)
        self.zero_raw = low_raw - low_pa * span_raw // span_pa

    def pa(self, raw: int) -> int:
        return (raw - self.zero_raw >> self.shift) * self.slope >> self.fraction_bits

    def _slope(self, span_pa: int, span_raw: int) -> int:
        return ((span_pa << self.fraction_bits + self.shift) + span_raw // 2) // span_raw


def lines_of(point_pairs: list, count: int, nominal: Line) -> list:
    """One for each sensor; `nominal` for each that nobody has calibrated."""
    return [line_of(point_pairs[i] if i < len(point_pairs) else None, nominal) for i in range(count)]


def line_of(point_pair: object, nominal: Line) -> Line:
    """A person's calibration [[raw, pa], [raw, pa]], or the datasheet's where there is none."""
    if not isinstance(point_pair, (list, tuple)) or len(point_pair) != 2:
        return nominal
    (low_raw, low_pa), (high_raw, high_pa) = point_pair
    return Line(low_raw, low_pa, high_raw, high_pa)
