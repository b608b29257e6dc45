"""Duty cycles: the core counts in permille, `machine.PWM` in 65,535ths."""

FULL_U16 = 65_535


def u16_from_permille(permille: int) -> int:
    """Bound: 1000 * 65_535."""
    return permille * FULL_U16 // 1000
