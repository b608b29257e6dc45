"""Reads and writes the values of many objects, quickly: a walk does so for every transition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

from host_tools.verify.explore.unknown import Anything, Oracle, Span

# The integers of an object, then one tuple for each of its lists.
Held = tuple[Any, ...]


class Values:
    """The integers of an object, and those in its lists; as they are now, to be had again."""

    def __init__(self, holder: Any, names: Iterable[str] | None = None) -> None:
        known = [name for name in (vars(holder) if names is None else names) if hasattr(holder, name)]
        self.holder = vars(holder)
        self.names = [name for name in known if isinstance(getattr(holder, name), int)]
        self.lists = [getattr(holder, name) for name in known if isinstance(getattr(holder, name), list)]
        # Each is called with what stands beside it.
        self.reads: list[tuple[Callable[[Any], Any], Any]] = [(tuple, some) for some in self.lists]
        if self.names:
            self.reads.insert(0, (itemgetter(*self.names), self.holder))
        self.initial = self.get()

    def get(self) -> Held:
        return tuple([read(of) for read, of in self.reads])


class Clocks:
    """Those of an object that run free."""

    def __init__(self, holder: Any, names: Iterable[str], oracle: Oracle) -> None:
        self.holder = vars(holder)
        self.numbers: dict[str, Anything] = {}
        self.lists: list[tuple[list[Any], list[Anything]]] = []
        for name in (name for name in names if hasattr(holder, name)):
            value = getattr(holder, name)
            if isinstance(value, list):
                self.lists.append((value, [Anything(Span(oracle)) for _ in value]))
            else:
                self.numbers[name] = Anything(Span(oracle))


class Snapshot:
    """What several objects held, to be written into them as often as wanted; the last word counts."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._lists: dict[int, tuple[list[Any], Iterable[Any]]] = {}

    def copy(self) -> Snapshot:
        other = Snapshot()
        other._numbers = {key: (holder, dict(numbers)) for key, (holder, numbers) in self._numbers.items()}
        other._lists = dict(self._lists)
        return other

    def add(self, values: Values, held: Held) -> None:
        if values.names:
            # `itemgetter` makes no tuple of a single value.
            numbers = held[0] if len(values.names) > 1 else (held[0],)
            self.add_numbers(values.holder, dict(zip(values.names, numbers)))
            held = held[1:]
        for some, contents in zip(values.lists, held):
            self.add_list(some, contents)

    def add_clocks(self, clocks: Clocks) -> None:
        self.add_numbers(clocks.holder, clocks.numbers)
        for some, contents in clocks.lists:
            self.add_list(some, contents)

    def add_numbers(self, holder: dict[str, Any], numbers: dict[str, Any]) -> None:
        if numbers:
            self._numbers.setdefault(id(holder), (holder, {}))[1].update(numbers)

    def add_list(self, some: list[Any], contents: Iterable[Any]) -> None:
        self._lists[id(some)] = some, contents

    def write(self) -> None:
        for holder, numbers in self._numbers.values():
            holder.update(numbers)
        for some, contents in self._lists.values():
            some[:] = contents
