"""The core's state as bytes: every integer that its objects hold, so that a replay can begin in the middle.

A state belongs to one moment, so all of it is taken within one tick. It is packed afterwards, some numbers
in each of the next ticks: all in one would take a chip longer than a tick may. The objects are walked once;
after that nothing allocates.
"""

from collections import deque

from soleus.basics.annotations import Any
from soleus.basics.loading import load

SAME, SAME_MOST = 0x40, 0xFF
# As many numbers are packed in a tick; each takes five bytes at most.
PIECE_NUMBERS = 24
PIECE_MOST_BYTES = 5 * PIECE_NUMBERS
# More sensors than this take so much of a tick that a piece has half as many.
_SENSORS_MANY = 6


class CoreState:
    def __init__(self, controller: Any) -> None:
        found = load("log.core_walk").Found(controller)
        # As tuples, because a list keeps room for more. Of each owner, the names of its integers.
        self.owners, self.names = tuple(found.owners), tuple([tuple(names) for names in found.names])
        self.lists = tuple(found.lists)
        self.singles_count = sum([len(names) for names in self.names])
        count = self.singles_count + sum([len(values) for values in self.lists])
        self.taken = deque((), count)  # noqa: RUF037 (MicroPython wants the empty tuple)
        # Looked up once: in the tick that would take a tenth of the time.
        self.append = self.taken.append
        has_many = controller.boots.sensors_count > _SENSORS_MANY
        self.piece_numbers = PIECE_NUMBERS // 2 if has_many else PIECE_NUMBERS
        self.singles_left = self.before = 0

    def take(self) -> None:
        """All numbers as they are now: the single ones, then the lists. Drops what was not packed yet."""
        append, taken, get = self.append, self.taken, getattr
        owners, all_names = self.owners, self.names
        for n in range(len(owners)):
            owner = owners[n]
            for name in all_names[n]:
                append(get(owner, name))
        for values in self.lists:
            taken.extend(values)
        self.singles_left = self.singles_count
        self.before = 0

    def has_more(self) -> bool:
        return bool(self.taken)

    def pack_piece(self, buffer: bytearray, at: int) -> int:
        """Returns where the next byte goes. The number before the first list counts as 0."""
        count = self.piece_numbers
        if self.singles_left:
            count = min(count, self.singles_left)
            self.singles_left -= count
            begins_lists = not self.singles_left
        else:
            count = min(count, len(self.taken))
            begins_lists = False
        taken, put = self.taken, put_number
        before = self.before
        same_count = 0
        for _ in range(count):
            value = taken.popleft()
            if value == before:
                same_count += 1
                continue
            if same_count:
                at = _put_same(buffer, at, before, same_count)
                same_count = 0
            before = value
            if 0 <= value < 0x40:
                buffer[at] = value
                at += 1
            else:
                at = put(buffer, at, value)
        self.before = 0 if begins_lists else before
        return _put_same(buffer, at, before, same_count) if same_count else at


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
