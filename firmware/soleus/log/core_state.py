"""The core's state as bytes: every integer that its objects hold, so that a replay can begin in the middle.

The objects are walked once; after that packing allocates nothing and may run inside the tick.
"""

from soleus.basics.annotations import Any
from soleus.basics.loading import load

SAME, SAME_MOST = 0x40, 0xFF


class CoreState:
    def __init__(self, controller: Any) -> None:
        found = load("log.core_walk").Found(controller)
        # As tuples, because a list keeps room for more.
        self.owners, self.names = tuple(found.owners), tuple(found.names)
        # Most owners have several names: those of owner n end before `ends[n]`.
        self.ends = bytes(found.ends)
        self.lists = tuple(found.lists)

    def pack(self, buffer: bytearray, at: int, end: int) -> int:
        """Returns where the next byte goes, or 0 without room. Single numbers come first, then the lists.

        It runs within one tick, and most of that goes into it: what is common is written without a call, and
        what is called is looked up once.
        """
        names, get, put = self.names, getattr, put_number
        if at + 5 * len(names) > end:
            return 0
        owners, ends = self.owners, self.ends
        before = same_count = first = 0
        for n in range(len(owners)):
            owner = owners[n]
            for index in range(first, ends[n]):
                value = get(owner, names[index])
                if value == before:
                    same_count += 1
                    continue
                if same_count == 1 and 0 <= before < 0x40:
                    buffer[at] = before
                    at += 1
                elif same_count:
                    at = _put_same(buffer, at, before, same_count)
                same_count = 0
                before = value
                if 0 <= value < 0x40:
                    buffer[at] = value
                    at += 1
                else:
                    at = put(buffer, at, value)
            first = ends[n]
        return self._pack_lists(buffer, _put_same(buffer, at, before, same_count), end)

    def _pack_lists(self, buffer: bytearray, at: int, end: int) -> int:
        has_any, put = any, put_number
        before = same_count = 0
        for values in self.lists:
            # Most lists are all zero most of the time.
            if not before and not has_any(values):
                same_count += len(values)
                continue
            if at + 4 + 5 * len(values) > end:
                return 0
            for value in values:
                if value == before:
                    same_count += 1
                    continue
                if same_count:
                    at = _put_same(buffer, at, before, same_count)
                    same_count = 0
                before = value
                if 0x40 <= value < 0x2000:
                    buffer[at] = 0x80 | value & 0x3F
                    buffer[at + 1] = value >> 6
                    at += 2
                else:
                    at = put(buffer, at, value)
        return _put_same(buffer, at, before, same_count)


def _put_same(buffer: bytearray, at: int, value: int, count: int) -> int:
    """Repeats the number before `count` times: a zero with a sign says that a count follows."""
    if count == 1 and 0 <= value < 0x40:
        buffer[at] = value
        return at + 1
    while count:
        part = count if count < SAME_MOST else SAME_MOST
        buffer[at] = SAME
        buffer[at + 1] = part
        at += 2
        count -= part
    return at


def put_number(buffer: bytearray, at: int, value: int) -> int:
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
