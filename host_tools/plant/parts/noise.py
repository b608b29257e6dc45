"""Noise that repeats: the same seed gives the same noise, compiled or not."""

import numpy as np

TABLE_SIZE = 8192
WORD = 0xFFFFFFFF


class Noise:
    """Normal noise from a table drawn beforehand; a 32-bit xorshift picks the places."""

    def __init__(self, table: np.ndarray, state: int) -> None:
        self.table = table
        self.state = state

    def bits(self) -> int:
        word = self.state
        word ^= (word << 13) & WORD
        word ^= word >> 17
        word ^= (word << 5) & WORD
        self.state = word
        return word

    def normal(self) -> float:
        return float(self.table[(self.bits() >> 7) & (TABLE_SIZE - 1)])

    def uniform(self) -> float:
        """From 0 to 1."""
        return self.bits() / 4294967296.0


def flickers(slot: int, index: int) -> bool:
    """Whether a loose contact is open during this slot of time: for about half of them."""
    word = (slot * 7919 + index * 104729 + 12345) & WORD
    word = (word * 1103515245 + 12345) & WORD
    word ^= word >> 15
    word = (word * 1103515245 + 12345) & WORD
    return (word >> 16) & 1 == 1
