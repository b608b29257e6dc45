"""The core's state as bytes: every integer that its objects hold, so that a replay can begin in the middle.

The objects are walked once; after that packing allocates nothing and may run inside the tick.
"""

from soleus.annotations import Any

from .borrowed import borrow


class CoreState:
    def __init__(self, controller: Any) -> None:
        found = borrow("core_walk").Found(controller)
        self.owners, self.names, self.lists = found.owners, found.names, found.lists
        self.zeros = {len(values): [0] * len(values) for values in self.lists}

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
                    # The two commonest lengths without a call: this is in the tick.
                    if 0 <= value < 0x40:
                        buffer[at] = value
                        at += 1
                    elif 0 <= value < 0x2000:
                        buffer[at] = 0x80 | value & 0x3F
                        buffer[at + 1] = value >> 6
                        at += 2
                    else:
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
