"""The laptop's end of the console link: asks a board, and hears what it reports by itself."""

import binascii
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import serial

from host_tools.basics.errors import InputError, LostBoardError, SilentBoardError
from soleus.link.requests import NO_MEMORY

BAUD = 115_200
AGAIN_AFTER_S = 0.5
NOISE_SEEN = 8
# A board that takes no bytes any more would hold a writer up for ever.
WRITE_TIMEOUT_S = 10.0


class Console:
    def __init__(self, port: str) -> None:
        self.serial = serial.Serial(port, BAUD, timeout=0.02, write_timeout=WRITE_TIMEOUT_S)
        self.events: list[dict[str, Any]] = []
        self.noise: list[bytes] = []
        # Not always 1: if a board gets the number of its last request again, it repeats its last answer.
        self._seq = random.randrange(1_000_000)
        self._unread = b""

    def __enter__(self) -> "Console":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.serial.close()

    def ask(self, do: str, timeout_s: float = 10.0, **arguments: Any) -> dict[str, Any]:
        """Ask again when no answer comes, or when the board is out of memory at that moment.

        A board that gives none is told by a `SilentBoardError`; one at a prompt at once, as it repeats what
        is typed there.
        """
        until_s = time.monotonic() + timeout_s
        while True:
            answer = self._ask_until(until_s, {"do": do, **arguments})
            if answer is None:
                raise SilentBoardError(self.serial.port, timeout_s, is_at_prompt=False)
            if answer.get("error") != NO_MEMORY or time.monotonic() + AGAIN_AFTER_S > until_s:
                return answer
            time.sleep(AGAIN_AFTER_S)

    def _ask_until(self, until_s: float, request: dict[str, Any]) -> dict[str, Any] | None:
        """The board doesn't do the same request twice."""
        self._seq += 1
        line = frame_line({"seq": self._seq, **request})
        again_s = 0.0
        while time.monotonic() < until_s:
            if time.monotonic() >= again_s:
                with self._as_lost():
                    self.serial.write(line)
                again_s = time.monotonic() + AGAIN_AFTER_S
            # All of them: messages that come together with the answer must not be lost.
            messages = list(self.listen())
            self.events += [message for message in messages if message.get("re") != self._seq]
            for message in messages:
                if message.get("re") == self._seq:
                    return message
            if any("do" in message for message in messages) or self._was_repeated(line):
                raise SilentBoardError(self.serial.port, AGAIN_AFTER_S, is_at_prompt=True)
        return None

    def expect(self, event: str, timeout_s: float = 10.0) -> dict[str, Any]:
        """The next message of that event, one already heard or one still to come."""
        until_s = time.monotonic() + timeout_s
        while True:
            self.events.extend(self.listen())
            for number, message in enumerate(self.events):
                if message.get("event") == event:
                    del self.events[: number + 1]
                    return message
            if time.monotonic() > until_s:
                raise SilentBoardError(self.serial.port, timeout_s, is_at_prompt=False)

    def pause(self, duration_s: float) -> None:
        """Wait, and keep the messages that come meanwhile."""
        until_s = time.monotonic() + duration_s
        while time.monotonic() < until_s:
            self.events.extend(self.listen())

    def listen(self) -> Iterator[dict[str, Any]]:
        """The whole messages that have come; anything else that was printed goes into `noise`."""
        # Asked for more bytes than have come, `read` would wait.
        with self._as_lost():
            self._unread += self.serial.read(self.serial.in_waiting or 1)
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            message = parse_line(line)
            if message is None:
                self.noise.append(line)
            else:
                yield message

    def _was_repeated(self, line: bytes) -> bool:
        """As MicroPython's prompt does with what is typed."""
        return any(line.rstrip() in heard for heard in self.noise[-NOISE_SEEN:])

    @contextmanager
    def _as_lost(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LostBoardError(self.serial.port, error) from None


def open_console(port: str, option: str = "--port", expected: str = "a board's port") -> Console:
    """Open a port that a person named."""
    try:
        return Console(port)
    except OSError as error:
        raise InputError(option, "", port, f"{expected} ({error.strerror or error})") from None


def frame_line(message: dict[str, Any]) -> bytes:
    text = json.dumps(message).encode()
    return text + b"*%08x\n" % binascii.crc32(text)


def parse_line(line: bytes) -> dict[str, Any] | None:
    text, star, crc = line.strip().rpartition(b"*")
    if not star or not text.startswith(b"{") or crc != b"%08x" % binascii.crc32(text):
        return None
    message: dict[str, Any] = json.loads(text)
    return message
