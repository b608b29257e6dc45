"""Between people's units and the core's: mmHg at the edges, pascals inside."""

# 1 mmHg = 133.322 Pa.
_PA_PER_1000_MMHG = 133_322


def pa_from_mmhg(mmhg: int) -> int:
    """Nearest pascal. Bound: |mmhg| <= 8000 keeps the product below 2**30."""
    return (mmhg * _PA_PER_1000_MMHG + 500) // 1000


def mmhg_from_pa(pa: int) -> int:
    """Nearest mmHg. Bound: |pa| <= 1_000_000 keeps the product below 2**30."""
    return (pa * 1000 + _PA_PER_1000_MMHG // 2) // _PA_PER_1000_MMHG


def tenths_mmhg_from_pa(pa: int) -> int:
    """Nearest tenth of a mmHg, for displays. Bound: |pa| <= 100_000 keeps the product below 2**30."""
    return (pa * 10_000 + _PA_PER_1000_MMHG // 2) // _PA_PER_1000_MMHG


def clamp(value: int, least: int, most: int) -> int:
    if value < least:
        return least
    if value > most:
        return most
    return value
