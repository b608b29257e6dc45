"""The core's state, out of the bytes that `soleus.services.core_state` packs, and into a core again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from soleus.core.controller import Controller
from soleus.services.core_state import CoreState
from soleus.services.core_walk import walk


@dataclass(frozen=True)
class StateNames:
    """Path and length of every number and list; 0: a single number. Single numbers come first."""

    fields: list[tuple[str, int]]

    @staticmethod
    def of(controller: Controller) -> "StateNames":
        found = [(path, len(v) if isinstance(v, list) else 0) for path, _, _, v in walk(controller)]
        return StateNames(sorted(found, key=lambda field: field[1] > 0))


def packed(controller: Controller) -> bytes:
    buffer = bytearray(65536)
    return bytes(buffer[: CoreState(controller).pack(buffer, 0, len(buffer))])


def unpacked(content: bytes, names: StateNames) -> dict[str, int | list[int]]:
    numbers = _numbers(content)
    values: dict[str, int | list[int]] = {}
    for path, size in names.fields:
        if size == 0:
            values[path] = next(numbers)
        else:
            is_zero = next(numbers) == 0
            values[path] = [0] * size if is_zero else [next(numbers) for _ in range(size)]
    return values


def restore(controller: Controller, values: dict[str, int | list[int]]) -> None:
    """What this core doesn't know is left out; what the recording doesn't know stays as it is."""
    for path, owner, name, was in walk(controller):
        value: Any = values.get(path)
        if isinstance(was, list) and isinstance(value, list) and len(was) == len(value):
            was[:] = value
        elif isinstance(value, int) and not isinstance(was, list):
            setattr(owner, name, bool(value) if isinstance(was, bool) else value)


def _numbers(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        byte = content[at]
        at += 1
        value, shift, is_negative = byte & 0x3F, 6, byte & 0x40
        while byte & 0x80:
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
        yield -value if is_negative else value
