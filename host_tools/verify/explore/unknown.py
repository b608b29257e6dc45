"""Values that may be anything: decided only when the core looks at them, and then both ways."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import SupportsInt, TypeVar

from soleus.core.basics.signals import BUTTON_ALIVE, BUTTON_FIRMER, BUTTON_SOFTER

T = TypeVar("T")

EITHER = (False, True)

_ENDLESS = 1 << 29


class Oracle:
    """Goes through all answers to all questions of a tick: the tick runs again until `is_done`."""

    def __init__(self) -> None:
        self.is_done = False
        # The numbers of which this run of the tick has told something.
        self.known_spans: list[Span] = []
        # To each question: which answer, and of how many.
        self._answers: list[int] = []
        self._counts: list[int] = []
        self._asked = 0

    def choose(self, options: Sequence[T]) -> T:
        asked = self._asked
        self._asked = asked + 1
        if asked < len(self._answers):
            return options[self._answers[asked]]
        self._answers.append(0)
        self._counts.append(len(options))
        return options[0]

    def either(self) -> bool:
        return self.choose(EITHER)

    def next(self) -> None:
        """After a run of the tick, go to the next combination of answers."""
        answers, counts = self._answers, self._counts
        del answers[self._asked :], counts[self._asked :]
        while answers and answers[-1] + 1 == counts[-1]:
            answers.pop()
            counts.pop()
        self.is_done = not answers
        if answers:
            answers[-1] += 1
        self._asked = 0
        for span in self.known_spans:
            span.forget()
        self.known_spans.clear()


class Span:
    """The range in which a number lies, as far as the answers of this tick tell."""

    __slots__ = ("least", "most", "oracle")

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.forget()

    def forget(self) -> None:
        """The number may be anything again; clocks are never negative."""
        self.least = 0
        self.most = _ENDLESS

    def is_below(self, limit: int) -> bool:
        if self.most < limit:
            return True
        if self.least >= limit:
            return False
        self.oracle.known_spans.append(self)
        if self.oracle.either():
            self.most = limit - 1
            return True
        self.least = limit
        return False


class Anything:
    """A number of which only the `Span` is known; it can be added to and compared."""

    __slots__ = ("_offset", "_span")

    def __init__(self, span: Span, offset: int = 0) -> None:
        self._span = span
        self._offset = offset

    def __add__(self, more: int) -> Anything:
        return Anything(self._span, self._offset + more)

    def __sub__(self, less: int) -> Anything:
        return Anything(self._span, self._offset - less)

    def __lt__(self, limit: int | Anything) -> bool:
        if isinstance(limit, Anything):
            return self._span.oracle.either()
        return self._span.is_below(limit - self._offset)

    def __ge__(self, limit: int | Anything) -> bool:
        return not self < limit

    def __le__(self, limit: int | Anything) -> bool:
        return self < limit if isinstance(limit, Anything) else self < limit + 1

    def __gt__(self, limit: int | Anything) -> bool:
        return not self <= limit

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, (int, Anything))
        return self >= other and self <= other

    def __rmul__(self, factor: int) -> int:
        """For a share of a ramp: its beginning or its end stand for all of it."""
        share = self._span.oracle.choose((self._span.least, self._span.most))
        return factor * (share + self._offset)

    def __rfloordiv__(self, _: int) -> int:
        """For a speed, which only learning uses."""
        return 0


class Candidates:
    """The values that a number may still have after the answers of this tick, in rising order."""

    def __init__(self, oracle: Oracle, numbers: Sequence[int]) -> None:
        self.oracle = oracle
        self.numbers = numbers

    def is_below(self, factor: int, limit: int) -> bool:
        """Is the number times the factor? If it is for some of the values only, both answers are followed."""
        those = [number for number in self.numbers if number * factor < limit]
        if not those or len(those) == len(self.numbers):
            return bool(those)
        is_so = self.oracle.either()
        self.numbers = those if is_so else [number for number in self.numbers if number not in those]
        return is_so

    def one(self) -> int:
        self.numbers = [self.oracle.choose(self.numbers)]
        return self.numbers[0]


class Deferred:
    """A number made from one of some candidates; the one is chosen only when a decision depends on it."""

    __slots__ = ("_candidates", "_factor", "_offset")

    def __init__(self, candidates: Candidates, factor: int = 1, offset: int = 0) -> None:
        self._candidates = candidates
        self._factor = factor
        self._offset = offset

    def __int__(self) -> int:
        return self._candidates.one() * self._factor + self._offset

    def __add__(self, more: SupportsInt) -> Deferred:
        return Deferred(self._candidates, self._factor, self._offset + int(more))

    __radd__ = __add__

    def __sub__(self, less: SupportsInt) -> Deferred:
        return self + -int(less)

    def __rsub__(self, whole: int) -> Deferred:
        return -self + whole

    def __neg__(self) -> Deferred:
        return self * -1

    def __mul__(self, factor: int) -> Deferred:
        return Deferred(self._candidates, self._factor * factor, self._offset * factor)

    __rmul__ = __mul__

    def __floordiv__(self, parts: int) -> int:
        return int(self) // parts

    def __lt__(self, other: SupportsInt) -> bool:
        return self._candidates.is_below(self._factor, int(other) - self._offset)

    def __ge__(self, other: SupportsInt) -> bool:
        return not self < other

    def __gt__(self, other: SupportsInt) -> bool:
        return not self < int(other) + 1

    def __le__(self, other: SupportsInt) -> bool:
        return self < int(other) + 1


class Goal:
    """Is the pressure that a chamber was brought to still the one that is wanted?"""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle

    def __eq__(self, other: object) -> bool:
        return self._oracle.either()


def anything(oracle: Oracle) -> Anything:
    return Anything(Span(oracle))


class Buttons:
    """Any button may be pressed; louder, softer and alive don't matter here (see the package)."""

    IGNORED = BUTTON_FIRMER | BUTTON_SOFTER | BUTTON_ALIVE

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.pressed = 0
        self._known = self.IGNORED

    def __and__(self, bits: int) -> int:
        for bit in single_bits(bits & ~self._known):
            self.pressed |= bit if self._oracle.either() else 0
        self._known |= bits
        return self.pressed & bits

    def __bool__(self) -> bool:
        """A press only resets a clock, which may show anything in any case."""
        return False


class Subset:
    """Any set of the possible chambers; whether one is in it is decided when the core asks."""

    def __init__(self, oracle: Oracle, possible: int, surely: int = 0) -> None:
        self._oracle = oracle
        self._unknown = possible & ~surely
        self.bits = surely

    def __and__(self, bits: int) -> int:
        for bit in single_bits(bits & self._unknown):
            self._decide(bit)
        return self.bits & bits

    def __or__(self, bits: int) -> Subset:
        """Of chambers that are left out for two reasons, one is nobody's here."""
        assert not bits
        return self

    def __eq__(self, other: object) -> bool:
        """Compared only with all chambers: the first that isn't in it decides."""
        assert isinstance(other, int)
        return all(self._decide(1 << index) for index in range(other.bit_length()))

    def __invert__(self) -> _Others:
        return _Others(self)

    def _decide(self, bit: int) -> bool:
        if self._unknown & bit:
            self._unknown &= ~bit
            self.bits |= bit if self._oracle.either() else 0
        return bool(self.bits & bit)


class _Others:
    """All chambers that aren't in a subset."""

    def __init__(self, subset: Subset) -> None:
        self._subset = subset

    def __rand__(self, bits: int) -> int:
        return bits & ~(self._subset & bits)


@cache
def subsets(bits: int) -> Sequence[int]:
    return [some for some in range(bits + 1) if not some & ~bits]


@cache
def single_bits(bits: int) -> Sequence[int]:
    return [1 << index for index in range(bits.bit_length()) if bits >> index & 1]
