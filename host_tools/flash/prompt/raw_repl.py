"""MicroPython's raw prompt, entered and used with a patience that fits a chip.

A board may be importing, collecting garbage or writing to its flash when it is interrupted, its watchdog may
reset it half-way, and what it says may come late. So nothing here is lost by asking again, and whatever an
earlier question still brings is told apart from the answer.
"""

import random
import struct
import time
from collections.abc import Callable

from host_tools.flash.prompt.errors import DeviceError, GoneError, NoPromptError
from host_tools.flash.prompt.line import Line, shown

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
# From a reset until MicroPython listens, and for how long it does before a watchdog may bite again.
START_TIMEOUT_S = 4.0
KEY_EVERY_S = 0.1
COME_BACK_TIMEOUT_S = 10.0
# Without a sign of life. Removing a folder or reading a slot takes seconds on a chip.
ANSWER_TIMEOUT_S = 60.0

LAST_RESORT = "press its RESET button and try again, or erase the chip with `python -m esptool erase-flash`"

INTERRUPT, RAW, RUN, SOFT_RESET = b"\r\x03", b"\r\x01", b"\x04", b"\x04"
RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
SOFT_REBOOT = b"soft reboot\r\n"
RESET_CODE = b"import machine; machine.reset()"
RAW_PASTE = b"\x05A\x01"
PLAIN_PIECE_BYTES = 128
PLAIN_PAUSE_S = 0.02
# From MicroPython, or from Soleus on its console link.
SIGNS_OF_MICROPYTHON = (RAW_BANNER, b">>> ", SOFT_REBOOT, b"Traceback (most recent call last)", b'"seq": ')
# What the loader in a chip's ROM says first after each reset; and again and again, with nothing to start.
RESET_SIGN = b"rst:0x"
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
                raise self._no_prompt(timeout_s, heard)
            attempt_s = min(2 * attempt_s, LONGEST_ATTEMPT_S)

    def run(self, code: str) -> str:
        """What the code printed. An exception on the board becomes a `DeviceError`."""
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
        if self._read_until(sign, RUN, what=what).endswith(RUN):
            self._read_error()
            raise DeviceError(f"{self.line.port}: the board ended too early, while waiting for {what}")

    def finish(self) -> bytes:
        said = self._read_until(RUN, what="the board's answer")
        self._read_error()
        return said[: -len(RUN)]

    def reset(self) -> None:
        """From any state: what runs is interrupted first. Nothing answers any more."""
        self.line.write(INTERRUPT + RAW)
        self.line.listen(RAW_BANNER, timeout_s=FIRST_ATTEMPT_S)
        self._type(RESET_CODE, waits_for_ok=False)
        # The port must stay open until the board has read all of it.
        time.sleep(PLAIN_PAUSE_S * 5)

    def _read_until(self, *endings: bytes, what: str) -> bytes:
        heard = self.line.read_until(
            *endings, RESET_SIGN, timeout_s=ANSWER_TIMEOUT_S, what=what, is_silence=True
        )
        if heard.endswith(RESET_SIGN):
            raise DeviceError(f"{self.line.port}: waited for {what}, but the board reset itself")
        return heard

    def _no_prompt(self, timeout_s: float, heard: bytes) -> DeviceError:
        message = f"{self.line.port}: waited {timeout_s:g} s for MicroPython's prompt; heard {shown(heard)}"
        if self._has_answered or any(sign in heard for sign in SIGNS_OF_MICROPYTHON):
            return DeviceError(f"{message}; {LAST_RESORT}")
        return NoPromptError(message)

    def _read_error(self) -> None:
        error = self._read_until(RUN + b">", what="the end of its answer")
        lines = error[: -len(RUN) - 1].decode("utf-8", "replace").strip().splitlines()
        if lines:
            raise DeviceError(lines[-1])

    def _try_to_enter(self, attempt_s: float, soft_reset: bool) -> bool:
        try:
            self.line.write(INTERRUPT)
            self.line.write(RAW)
            if not self._hears(RAW_BANNER, attempt_s):
                return False
            self._has_answered = True
            if not soft_reset:
                return self._catches_up(attempt_s)
            self.line.write(SOFT_RESET)
            if not self._hears(SOFT_REBOOT, attempt_s):
                return False
            self._say(f"waiting for the prompt after a soft reset (up to {SOFT_RESET_TIMEOUT_S:g} s)")
            return self._hears(RAW_BANNER, SOFT_RESET_TIMEOUT_S) and self._catches_up(attempt_s)
        except GoneError:
            self._say(f"waiting for {self.line.port} to come back (up to {COME_BACK_TIMEOUT_S:g} s)")
            self.line.reopen(COME_BACK_TIMEOUT_S)
            return False

    def _hears(self, sign: bytes, timeout_s: float) -> bool:
        heard = self.line.listen(sign, *EMPTY_CHIP_SIGNS, RESET_SIGN, timeout_s=timeout_s)
        self._refuse_empty_chip(heard)
        if heard and heard.endswith(RESET_SIGN):
            return sign == RAW_BANNER and self._interrupt_the_start()
        return heard is not None

    def _refuse_empty_chip(self, heard: bytes | None) -> None:
        if heard and heard.endswith(EMPTY_CHIP_SIGNS):
            raise NoPromptError(f"{self.line.port}: the chip says that it has nothing to start")

    def _interrupt_the_start(self) -> bool:
        """A board that resets itself again and again listens only for a moment each time: so, all the time.

        Nothing is energised on a board that just starts, so nothing is lost by interrupting it twice.
        """
        until_s = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until_s:
            self.line.write(INTERRUPT + RAW)
            heard = self.line.listen(RAW_BANNER, *EMPTY_CHIP_SIGNS, timeout_s=KEY_EVERY_S)
            self._refuse_empty_chip(heard)
            if heard:
                return True
        return False

    def _catches_up(self, timeout_s: float) -> bool:
        """Prompts that earlier attempts still bring are older than this word, which nothing else says."""
        word = f"ready-{random.randrange(1_000_000):06d}"
        self._type(f"print('{word[:6]}' + '{word[6:]}')".encode(), waits_for_ok=False)
        if self.line.listen(word.encode(), timeout_s=timeout_s) is None:
            return False
        self.finish()
        return True

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
