"""The console link: one JSON object a line, with a checksum, over the same USB line as the prompt.

    {"seq": 7, "do": "start"}*1f2e3d4c

After the `*` stands the CRC-32 of what is before it, in hexadecimal. Each side numbers its lines with
`seq`, an answer says which line it is `re`. A request that comes again with the number of the one
before (its answer was lost) is answered again, but not done again. A line that doesn't begin with `{`
is ignored: tracebacks and a prompt may stand between.
"""

import binascii
import io
import json
import select
import sys
from time import ticks_diff, ticks_ms

from micropython import const

from soleus.basics.annotations import Any, Callable

_BYTES_A_LOOK = const(256)
_LINE_MOST_BYTES = const(1024)
_NEWLINE = const(10)
# A seq counts to here and starts again at 1.
_SEQ_MOST = const(1_000_000)


class Link:
    def __init__(self, answer: Callable, after_look: Callable, tick: Any) -> None:
        """`answer` turns a request's table into the answer's; `after_look` is told whether a line came, and
        how long ago the look before was: on a busy chip longer than it should be."""
        self.answer = answer
        self.after_look = after_look
        self.tick = tick
        self.seq = 0
        self.last_request_seq = 0
        self.last_answer = {}
        self.line = bytearray()
        self.is_too_long = False
        self.byte = bytearray(1)
        self.looked_ms = ticks_ms()
        self.stdin: Any = sys.stdin.buffer
        self.poll = select.poll()
        self.poll.register(sys.stdin, select.POLLIN)

    def step(self) -> None:
        has_heard = self._look()
        now_ms = ticks_ms()
        passed_ms = ticks_diff(now_ms, self.looked_ms)
        self.looked_ms = now_ms
        self.after_look(has_heard, passed_ms)

    def send(self, table: dict) -> None:
        self.seq = self.seq % _SEQ_MOST + 1
        table["seq"] = self.seq
        checked = Checked(sys.stdout.buffer)
        try:
            json.dump(table, checked)
        finally:
            # Also of a line that broke off: the next one must not be taken for its end.
            checked.end_line()

    def _look(self) -> bool:
        """Takes what has come so far. A tick may run between any two bytes."""
        has_heard = False
        for _ in range(_BYTES_A_LOOK):
            # Ctrl-C may have landed in the tick: what was typed after it is for the prompt.
            if self.tick.is_over or not self.poll.poll(0) or not self.stdin.readinto(self.byte):
                break
            if self.byte[0] == _NEWLINE:
                has_heard = self._take_line() or has_heard
            elif len(self.line) < _LINE_MOST_BYTES:
                self.line.append(self.byte[0])
            else:
                self.is_too_long = True
        return has_heard

    def _take_line(self) -> bool:
        line = bytes(self.line).strip()
        is_too_long = self.is_too_long
        self.line = bytearray()
        self.is_too_long = False
        if not line.startswith(b"{"):
            return False
        if is_too_long:
            self.send({"re": 0, "error": "a line longer than {} bytes".format(_LINE_MOST_BYTES)})
            return False
        request = parse(line)
        if request is None:
            self.send({"re": 0, "error": "checksum does not fit, or not JSON with a seq: send it again"})
            return False
        if request["seq"] != self.last_request_seq:
            self.last_answer = self.answer(request)
            self.last_request_seq = request["seq"]
        answer = dict(self.last_answer)
        answer["re"] = request["seq"]
        self.send(answer)
        return True


class Checked(io.IOBase):
    """Sends at once what is written to it, so that a long line needs no memory, and keeps its checksum."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.crc = 0

    def write(self, part: bytes) -> int:
        self.crc = binascii.crc32(part, self.crc)
        self.out.write(part)
        # A chip looks for its tick at jumps only: without one here a whole line would hold it up.
        if part:
            return len(part)
        return 0

    def end_line(self) -> None:
        self.out.write(b"*%08x\n" % self.crc)


def parse(line: bytes) -> "dict | None":
    """The table of a line, or `None` when it isn't whole."""
    text, star, crc = line.rpartition(b"*")
    if not star or crc != b"%08x" % binascii.crc32(text):
        return None
    try:
        table = json.loads(text)
    except ValueError:
        return None
    if not isinstance(table, dict) or type(table.get("seq")) is not int:
        return None
    return table
