"""The board at the port: its application over the link, and its prompt."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import serial

from host_tools.link.console import Console

CTRL_A, CTRL_B, CTRL_C, CTRL_D = b"\x01", b"\x02", b"\x03", b"\x04"
PROMPT = b">>> "
RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
# A first start has a file system to make; a USB port comes back some seconds after a reset.
START_MOST_S = 20.0
ANSWER_MOST_S = 5.0
PROMPT_AFTER_S = 0.2
# Whoever runs answers within this.
HELLO_MOST_S = 2.0
RESTED_MOST_S = 30.0


class Board:
    def __init__(self, port: str) -> None:
        self.port = port
        self.console = Console(port)
        self._heard = b""

    def close(self) -> None:
        self.console.close()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The port, for somebody else; afterwards the application runs again."""
        self.console.close()
        try:
            yield self.port
        finally:
            self._reopen(time.monotonic() + START_MOST_S)
            self.ensure_app()

    def ensure_app(self) -> None:
        """At a prompt, friendly or raw, Ctrl-D at the friendly one starts the application."""
        self._heard = b""
        if not self._shows_prompt():
            try:
                self.console.ask("hello", timeout_s=HELLO_MOST_S)
                return
            except TimeoutError:
                self.type(b"\r" + CTRL_C + CTRL_B)
                time.sleep(0.2)
        self.type(CTRL_D)
        self.console.ask("hello", timeout_s=START_MOST_S)

    def _shows_prompt(self) -> bool:
        """The application passes over an empty line; a prompt shows itself again."""
        self.type(b"\r")
        time.sleep(PROMPT_AFTER_S)
        return PROMPT in self.console.serial.read(self.console.serial.in_waiting)

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return self.console.ask(do, timeout_s=ANSWER_MOST_S, **arguments)

    def type(self, typed: bytes) -> None:
        self.console.serial.write(typed)

    def until(self, said: bytes, timeout_s: float = ANSWER_MOST_S) -> str:
        """All that is said until these bytes have come. What came after them is for the next who waits."""
        until_s = time.monotonic() + timeout_s
        while said not in self._heard:
            heard = self._heard[-200:]
            assert time.monotonic() < until_s, f"no {said!r} within {timeout_s} s; heard {heard!r}"
            self._heard += self.console.serial.read(self.console.serial.in_waiting or 1)
        before, self._heard = self._heard.split(said, 1)
        return (before + said).decode("utf-8", "replace")

    def stop_app(self) -> str:
        """Ctrl-C, as a person types it; what the board says until its prompt."""
        self.type(CTRL_C)
        return self.until(PROMPT)

    def at_prompt(self, line: str) -> str:
        """What the board prints for a line that is typed at its prompt."""
        self.type(line.encode() + b"\r")
        return self.until(b"\n" + PROMPT).partition("\n")[2].removesuffix("\n>>> ").strip()

    def reset(self) -> float:
        """`machine.reset()` at the prompt, and no reason kept from before; seconds until it is ready."""
        self.stop_app()
        self.at_prompt("import machine; machine.RTC().memory(b'')")
        self.type(b"machine.reset()\r")
        return self.until_ready()

    def until_ready(self) -> float:
        """Seconds from now. USB in the chip itself is gone for a moment: `ready` may be said meanwhile."""
        began_s = time.monotonic()
        until_s = began_s + START_MOST_S
        try:
            self.console.expect("ready", START_MOST_S)
        except (OSError, serial.SerialException):
            # Not there, or not heard.
            self._reopen(until_s)
            self.console.ask("hello", timeout_s=START_MOST_S)
        return time.monotonic() - began_s

    def wait_written(self) -> None:
        """What waits to be written is written at rest."""
        until_s = time.monotonic() + RESTED_MOST_S
        while self.ask("status")["waiting_writes"]:
            assert time.monotonic() < until_s, "it never wrote"
            self.console.pause(0.2)

    def _reopen(self, until_s: float) -> None:
        self.console.close()
        while True:
            try:
                self.console = Console(self.port)
                return
            except (OSError, serial.SerialException):
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.25)
