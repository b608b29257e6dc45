"""How large a difference between two phases chance alone makes, in a diary whose days are not independent.

Two bad nights in a row say less than two independent ones. So the means are compared by Welch's test, with
as many entries as the diary is worth: n (1 - r) / (1 + r), where r says how alike neighbours are. A short
diary shows too small an r, so its bias is taken out and one standard error added; and where an entry and the
next but one are more alike than that explains, they decide. Better to miss a small effect than to announce
a false one.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from host_tools.journal.judge.phases import Series

# Beyond it, a diary of weeks is worth little more than one entry.
MEMORY_MOST = 0.9
# Of what fewer entries than these are worth, no spread can be told.
WORTH_LEAST = 1.2
PAIRS_LEAST = 5
NO_SPREAD = 1e-18


@dataclass(frozen=True)
class Difference:
    """After less before, with the interval that holds it, whatever chance did, in `level` of all diaries."""

    before: float
    after: float
    low: float
    high: float
    level: float
    chance: float
    memory: float
    # How many independent entries those before are worth, and those after.
    worth: tuple[float, float]

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def is_beyond_chance(self) -> bool:
        return self.chance < 1 - self.level


def compare(before: Series, after: Series, neighbour_days: int, level: float) -> Difference | None:
    """None where no value ever changed within a phase: then nothing says how much chance would do."""
    memory = _memory(before, after, neighbour_days)
    worth = (1 - memory) / (1 + memory)
    counts = max(len(before) * worth, WORTH_LEAST), max(len(after) * worth, WORTH_LEAST)
    # Neighbours that are alike make the spread look smaller than it is.
    parts = [
        float(np.var(one.values)) / (1 - 1 / n) / n for one, n in zip((before, after), counts, strict=True)
    ]
    error = sum(parts) ** 0.5
    if error**2 < NO_SPREAD:
        return None
    freedom = sum(parts) ** 2 / sum(part**2 / max(n - 1, 0.5) for part, n in zip(parts, counts, strict=True))
    freedom = max(freedom, 1.0)
    means = float(np.mean(before.values)), float(np.mean(after.values))
    difference = means[1] - means[0]
    chance = 2 * float(stdtr(freedom, -abs(difference) / error))
    reach = error * float(stdtrit(freedom, (1 + level) / 2))
    return Difference(*means, difference - reach, difference + reach, level, chance, memory, counts)


def _memory(before: Series, after: Series, neighbour_days: int) -> float:
    """How alike neighbours are, from 0 to 0.9, on the safe side."""
    next_one, next_but_one = (_likeness(before, after, lag, lag * neighbour_days) for lag in (1, 2))
    error = (len(before) + len(after)) ** -0.5
    # Days that take turns are alike every other day, and say no less for it.
    takes_turns = next_one < -error
    over_two_steps = 0.0 if takes_turns else max(next_but_one + error / 2, 0.0) ** 0.5
    return float(np.clip(max(next_one + error, over_two_steps), 0.0, MEMORY_MOST))


def _likeness(before: Series, after: Series, lag: int, days_most: int) -> float:
    """The correlation of entries `lag` apart, within each phase; its bias is taken out."""
    products, squares = [], []
    for one in (before, after):
        off = one.values - np.mean(one.values)
        are_near = one.days[lag:] - one.days[:-lag] <= days_most
        products.append((off[lag:] * off[:-lag])[are_near])
        squares.append(off**2)
    product, square = np.concatenate(products), np.concatenate(squares)
    count = len(square)
    if len(product) < PAIRS_LEAST or square.mean() < NO_SPREAD:
        return 0.0
    # Two means were taken from the same entries: that alone pulls it down.
    return float((product.mean() / square.mean() * count + 2) / (count - 4))
