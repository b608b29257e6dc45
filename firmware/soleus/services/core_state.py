"""The core's state as bytes: every integer that its objects hold, so that a replay can begin in the middle.

The objects are walked once; after that packing allocates nothing and may run inside the tick.
"""

import binascii

from soleus.annotations import Any

# What is laid out anew from board and program, and what each tick brings.
_NOT_STATE = ("boots", "timeline", "readings")


def walk(owner: Any, path: str = "", seen: Any = None) -> Any:
    """(path, owner, name, value) of every integer and every list of integers, in an order of names."""
    seen = [] if seen is None else seen
    seen.append(owner)
    for name in sorted(owner.__dict__):
        value = getattr(owner, name)
        if name in _NOT_STATE or any(value is other for other in seen):
            continue
        if isinstance(value, (int, bool)):
            yield path + name, owner, name, value
        elif isinstance(value, list):
            if value and all(isinstance(number, (int, bool)) for number in value):
                seen.append(value)
                yield path + name, owner, name, value
        elif hasattr(value, "__dict__"):
            for found in walk(value, path + name + ".", seen):
                yield found


class CoreState:
    def __init__(self, controller: Any) -> None:
        self.owners = []
        self.names = []
        self.lists = []
        self.zeros = {}
        # Tells whether two cores have the same state, number by number.
        self.fingerprint = 0
        for path, owner, name, value in walk(controller):
            size = len(value) if isinstance(value, list) else 0
            self.fingerprint = binascii.crc32("{} {}\n".format(path, size).encode(), self.fingerprint)
            if size:
                self.lists.append(value)
                self.zeros[size] = [0] * size
            else:
                self.owners.append(owner)
                self.names.append(name)

    def pack(self, buffer: bytearray, at: int, end: int) -> int:
        """Where the next byte goes, or 0 when there is no room. First the single numbers, then the lists."""
        if at + 5 * len(self.owners) > end:
            return 0
        for index in range(len(self.owners)):
            at = _put(buffer, at, getattr(self.owners[index], self.names[index]))
        for values in self.lists:
            if at + 1 + 5 * len(values) > end:
                return 0
            # Most lists are all zero most of the time.
            is_zero = values == self.zeros[len(values)]
            buffer[at] = 0 if is_zero else 1
            at += 1
            if not is_zero:
                for value in values:
                    at = _put(buffer, at, value)
        return at


def _put(buffer: bytearray, at: int, value: int) -> int:
    """Six bits and the sign, then seven bits a byte; the highest bit says that more follow."""
    sign = 0
    if value < 0:
        value = -value
        sign = 0x40
    if value < 0x40:
        buffer[at] = value | sign
        return at + 1
    buffer[at] = 0x80 | sign | value & 0x3F
    value >>= 6
    at += 1
    while value > 0x7F:
        buffer[at] = 0x80 | value & 0x7F
        value >>= 7
        at += 1
    buffer[at] = value
    return at + 1
