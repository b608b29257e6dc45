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
        shift = 4 if high_raw > 1 << 18 else 0
        # The largest number of a converter: 16 bits of an ADS1115, 18 of a digital sensor or of microvolts.
        most_raw = 1 << 15 if high_raw < 1 << 15 else 1 << 18
        fraction_bits = _FRACTION_BITS_MOST
        while _slope(span_pa, span_raw, fraction_bits + shift) * most_raw > _PRODUCT_MOST:
            fraction_bits -= 1
        slope = _slope(span_pa, span_raw, fraction_bits + shift)
        zero_raw = low_raw - low_pa * span_raw // span_pa
        # A loop over ten sensors calculates `pa` by itself: the call would take longer than the numbers.
        self.numbers = (zero_raw, shift, slope, fraction_bits)

    def pa(self, raw: int) -> int:
        zero_raw, shift, slope, fraction_bits = self.numbers
        return (raw - zero_raw >> shift) * slope >> fraction_bits


def _slope(span_pa: int, span_raw: int, bits: int) -> int:
    return ((span_pa << bits) + span_raw // 2) // span_raw


def lines_of(point_pairs: list, count: int, nominal: Line) -> list:
    """One for each sensor; `nominal` for each that nobody has calibrated."""
    return [line_of(point_pairs[i] if i < len(point_pairs) else None, nominal) for i in range(count)]


def line_of(point_pair: object, nominal: Line) -> Line:
    """A person's calibration [[raw, pa], [raw, pa]], or the datasheet's where there is none."""
    if not isinstance(point_pair, (list, tuple)) or len(point_pair) != 2:
        return nominal
    (low_raw, low_pa), (high_raw, high_pa) = point_pair
    return Line(low_raw, low_pa, high_raw, high_pa)
