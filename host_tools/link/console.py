"""The laptop's end of the console link: asks a board, and hears what it reports by itself."""

import binascii
import json
import random
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import serial

from host_tools.basics.errors import InputError
from soleus.link.requests import NO_MEMORY

BAUD = 115_200
AGAIN_AFTER_S = 0.5


class Console:
    def __init__(self, port: str) -> None:
        self.serial = serial.Serial(port, BAUD, timeout=0.02)
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
        """Ask again when no answer comes, or when the board is out of memory at that moment."""
        until_s = time.monotonic() + timeout_s
        while True:
            answer = self._ask_until(until_s, {"do": do, **arguments})
            if answer is None:
                raise TimeoutError(f"no answer to {do!r} within {timeout_s} s; last heard {self.noise[-3:]}")
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
                self.serial.write(line)
                again_s = time.monotonic() + AGAIN_AFTER_S
            # All of them: messages that come together with the answer must not be lost.
            messages = list(self.listen())
            self.events += [message for message in messages if message.get("re") != self._seq]
            for message in messages:
                if message.get("re") == self._seq:
                    return message
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
                raise TimeoutError(f"no {event!r} within {timeout_s} s; last heard {self.noise[-3:]}")

    def pause(self, duration_s: float) -> None:
        """Wait, and keep the messages that come meanwhile."""
        until_s = time.monotonic() + duration_s
        while time.monotonic() < until_s:
            self.events.extend(self.listen())

    def listen(self) -> Iterator[dict[str, Any]]:
        """The whole messages that have come; anything else that was printed goes into `noise`."""
        # Asked for more bytes than have come, `read` would wait.
        self._unread += self.serial.read(self.serial.in_waiting or 1)
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            message = parse_line(line)
            if message is None:
                self.noise.append(line)
            else:
                yield message


def open_console(port: str) -> Console:
    """Open a port that a person named."""
    try:
        return Console(port)
    except OSError as error:
        raise InputError("--port", "", port, f"a board's port ({error.strerror or error})") from None


def frame_line(message: dict[str, Any]) -> bytes:
    text = json.dumps(message).encode()
    return text + b"*%08x\n" % binascii.crc32(text)


def parse_line(line: bytes) -> dict[str, Any] | None:
    text, star, crc = line.strip().rpartition(b"*")
    if not star or not text.startswith(b"{") or crc != b"%08x" % binascii.crc32(text):
        return None
    message: dict[str, Any] = json.loads(text)
    return message
