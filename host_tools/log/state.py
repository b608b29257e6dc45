"""Reads the core's state from the bytes that `soleus.log.core_state` packs, and restores it into a core."""

from dataclasses import dataclass
from typing import Any

from host_tools.log.renamed_state import NEW_PATHS
from soleus.core.basics.boots import Boots
from soleus.core.controller import Controller
from soleus.log.core_state import SAME, CoreState
from soleus.log.core_walk import walk


def core_of(header: dict[str, Any], boots: Boots) -> Controller:
    """A core like the one that was recorded: a board's has what a bench needs only once a bench has come."""
    return Controller(boots, header.get("bench", True))


@dataclass(frozen=True)
class StateNames:
    """Path and length of every number and list; length 0 is a single number. Single numbers come first."""

    fields: list[tuple[str, int]]

    @staticmethod
    def of(controller: Controller) -> "StateNames":
        found = [(path, len(v) if isinstance(v, list) else 0) for path, _, _, v in walk(controller)]
        return StateNames(sorted(found, key=lambda field: field[1] > 0))


def packed(controller: Controller) -> bytes:
    buffer = bytearray(65536)
    state = CoreState(controller)
    state.take()
    at = 0
    while state.has_more():
        at = state.pack_piece(buffer, at)
    return bytes(buffer[:at])


def unpacked(content: bytes, names: StateNames) -> dict[str, int | list[int]]:
    numbers = _Numbers(content)
    values: dict[str, int | list[int]] = {}
    for path, size in names.fields:
        # Single numbers come first. The lists begin anew: the number before their first one counts as 0.
        if size and not numbers.is_among_lists:
            numbers.begin_lists()
        values[path] = [numbers.next() for _ in range(size)] if size else numbers.next()
    return values


def restore(controller: Controller, values: dict[str, int | list[int]]) -> None:
    """Values that this core doesn't have are left out; those that the recording lacks stay as they are."""
    places = {path: (owner, name, was) for path, owner, name, was in walk(controller)}
    for recorded_path, value in values.items():
        path = recorded_path if recorded_path in places else NEW_PATHS.get(recorded_path)
        if path in places:
            _put(*places[path], value)


def _put(owner: Any, name: str, was: Any, value: Any) -> None:
    if isinstance(was, list) and isinstance(value, list) and len(was) == len(value):
        was[:] = value
    elif isinstance(value, int) and not isinstance(was, list):
        setattr(owner, name, bool(value) if isinstance(was, bool) else value)


class _Numbers:
    """The numbers one after the other, as `CoreState` has written them."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = self._before = self._same_count = 0
        self.is_among_lists = False

    def begin_lists(self) -> None:
        self.is_among_lists = True
        self._before = 0

    def next(self) -> int:
        if not self._same_count and self._content[self._at] == SAME:
            self._same_count = self._content[self._at + 1]
            self._at += 2
        if self._same_count:
            self._same_count -= 1
        else:
            self._before, self._at = number_at(self._content, self._at)
        return self._before


def number_at(content: bytes, at: int) -> tuple[int, int]:
    """A number that `put_number` has written, and the place of the next byte."""
    byte = content[at]
    value, shift, is_negative = byte & 0x3F, 6, byte & 0x40
    while byte & 0x80:
        at += 1
        byte = content[at]
        value |= (byte & 0x7F) << shift
        shift += 7
    return (-value if is_negative else value), at + 1
