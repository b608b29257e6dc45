"""MicroPython's raw prompt, entered and used with a patience that fits a chip.

A board may be importing, collecting garbage or writing to its flash when it is interrupted, its watchdog may
reset it half-way, and what it says may come late. So nothing here is lost by asking again, and whatever an
earlier question still brings is told apart from the answer.
"""

import random
import struct
import time
from collections.abc import Callable

from host_tools.flash.board.errors import DeviceError, NoPromptError
from host_tools.flash.board.line import Line, shown

Say = Callable[[str], None]

# A board that is busy answers within two seconds; the rest is for slow lines, and a watchdog that bites.
ENTER_TIMEOUT_S = 20.0
# MicroPython formats its flash when it starts for the first time.
FIRST_BOOT_TIMEOUT_S = 60.0
# The first attempt to enter waits so long for the prompt, each further one twice as long. Not shorter: a
# second Ctrl-C would interrupt an application that is just writing the end of its log.
FIRST_ATTEMPT_S = 3.0
LONGEST_ATTEMPT_S = 8.0
SOFT_RESET_TIMEOUT_S = 20.0
# Without a sign of life. Removing a folder or reading a slot takes seconds on a chip.
ANSWER_TIMEOUT_S = 60.0

INTERRUPT, RAW, RUN, SOFT_RESET = b"\r\x03", b"\r\x01", b"\x04", b"\x04"
RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
SOFT_REBOOT = b"soft reboot\r\n"
RESET_CODE = b"import machine; machine.reset()"
RAW_PASTE = b"\x05A\x01"
PLAIN_PIECE_BYTES = 128
PLAIN_PAUSE_S = 0.02
# What the loader in a chip's ROM says, again and again, when there is nothing to start.
EMPTY_CHIP_SIGNS = (b"invalid header: 0x", b"waiting for download", b"No bootable app")


class RawRepl:
    def __init__(self, line: Line, say: Say = lambda _: None) -> None:
        self.line = line
        self._say = say
        self._has_raw_paste = True
        self._has_answered = False

    def enter(self, timeout_s: float = ENTER_TIMEOUT_S, soft_reset: bool = True) -> None:
        """Interrupts whatever runs. The soft reset is for a clean heap; boot.py runs again."""
        self._say(f"waiting for MicroPython's prompt on {self.line.port} (up to {timeout_s:g} s)")
        until_s = time.monotonic() + timeout_s
        attempt_s = FIRST_ATTEMPT_S
        heard = b""
        while not self._try_to_enter(attempt_s, soft_reset):
            heard += self.line.drop_unread()
            if time.monotonic() > until_s:
                kind = DeviceError if RAW_BANNER in heard or self._has_answered else NoPromptError
                raise kind(
                    f"{self.line.port}: waited {timeout_s:g} s for MicroPython's prompt; heard {shown(heard)}"
                )
            attempt_s = min(2 * attempt_s, LONGEST_ATTEMPT_S)
        self._catch_up()

    def run(self, code: str) -> str:
        """What the code printed; an exception on the board becomes a `DeviceError`."""
        self.begin(code)
        return self.finish().decode("utf-8", "replace").strip()

    def begin(self, code: str) -> None:
        data = code.encode()
        if self._has_raw_paste and self._paste(data):
            return
        self._has_raw_paste = False
        self._type(data)

    def wait_for(self, sign: bytes, what: str) -> None:
        """A sign that the code which runs has printed; its error, if it ended instead."""
        heard = self.line.read_until(sign, RUN, timeout_s=ANSWER_TIMEOUT_S, what=what)
        if heard.endswith(RUN):
            self._read_error()
            raise DeviceError(f"{self.line.port}: the board ended too early, while waiting for {what}")

    def finish(self) -> bytes:
        said = self.line.read_until(
            RUN, timeout_s=ANSWER_TIMEOUT_S, what="the board's answer", is_silence=True
        )
        self._read_error()
        return said[: -len(RUN)]

    def reset(self) -> None:
        """From any state: what runs is interrupted first. Nothing answers any more."""
        self.line.write(INTERRUPT + RAW)
        self.line.listen(RAW_BANNER, timeout_s=FIRST_ATTEMPT_S)
        self._type(RESET_CODE, waits_for_ok=False)
        # The port must stay open until the board has read all of it.
        time.sleep(PLAIN_PAUSE_S * 5)

    def _read_error(self) -> None:
        error = self.line.read_until(
            RUN + b">", timeout_s=ANSWER_TIMEOUT_S, what="the end of its answer", is_silence=True
        )
        lines = error[: -len(RUN) - 1].decode("utf-8", "replace").strip().splitlines()
        if lines:
            raise DeviceError(lines[-1])

    def _try_to_enter(self, attempt_s: float, soft_reset: bool) -> bool:
        self.line.write(INTERRUPT)
        self.line.write(RAW)
        if not self._hears(RAW_BANNER, attempt_s):
            return False
        self._has_answered = True
        if not soft_reset:
            return True
        self.line.write(SOFT_RESET)
        if not self._hears(SOFT_REBOOT, attempt_s):
            return False
        self._say(f"waiting for the prompt after a soft reset (up to {SOFT_RESET_TIMEOUT_S:g} s)")
        return self._hears(RAW_BANNER, SOFT_RESET_TIMEOUT_S)

    def _hears(self, sign: bytes, timeout_s: float) -> bool:
        heard = self.line.listen(sign, *EMPTY_CHIP_SIGNS, timeout_s=timeout_s)
        if heard and not heard.endswith(sign):
            raise NoPromptError(f"{self.line.port}: the chip says that it has nothing to start")
        return heard is not None

    def _catch_up(self) -> None:
        """Prompts that earlier attempts still bring are older than this word, which nothing else says."""
        word = f"ready-{random.randrange(1_000_000):06d}"
        self._type(f"print('{word[:6]}' + '{word[6:]}')".encode(), waits_for_ok=False)
        self.line.read_until(word.encode(), timeout_s=ANSWER_TIMEOUT_S, what="the board to catch up")
        self.finish()

    def _paste(self, data: bytes) -> bool:
        """With flow control: the board says when it has room. False where it can't."""
        self.line.write(RAW_PASTE)
        answer = self.line.read_exactly(2, ANSWER_TIMEOUT_S, "the board to take code")
        if answer != b"R\x01":
            if answer != b"R\x00":
                self.line.read_until(RAW_BANNER, timeout_s=ANSWER_TIMEOUT_S, what="the raw prompt")
            return False
        (window,) = struct.unpack("<H", self.line.read_exactly(2, ANSWER_TIMEOUT_S, "its window"))
        room = window
        while data:
            while room == 0 or self.line.has_more():
                sign = self.line.read_exactly(1, ANSWER_TIMEOUT_S, "room for more code")
                if sign != b"\x01":
                    self.line.write(RUN)
                    raise DeviceError(f"{self.line.port}: the board refused the code, with {sign!r}")
                room += window
            self.line.write(data[:room])
            data, room = data[room:], max(0, room - len(data))
        self.line.write(RUN)
        self.line.read_until(RUN, timeout_s=ANSWER_TIMEOUT_S, what="the board to take the code")
        return True

    def _type(self, data: bytes, waits_for_ok: bool = True) -> None:
        """Without flow control, as slowly as a buffer of 260 bytes asks for."""
        for at in range(0, len(data), PLAIN_PIECE_BYTES):
            self.line.write(data[at : at + PLAIN_PIECE_BYTES])
            time.sleep(PLAIN_PAUSE_S)
        self.line.write(RUN)
        if waits_for_ok:
            self.line.read_until(b"OK", timeout_s=ANSWER_TIMEOUT_S, what="the board to take the code")
