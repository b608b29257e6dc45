"""The chip's processor: the interpreter from one reset to the next, and what outlasts the resets."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from host_tools.plant.parts.units import BEAT_MS
from host_tools.virtual.processor.frames import Kind, Record, RecordReader
from host_tools.virtual.processor.interpreter import Interpreter

PWRON_RESET, HARD_RESET, WDT_RESET, SOFT_RESET = 1, 2, 3, 5
CONTROL_TIMER_BIT = 1
# A terminal takes 4 KB at most before its program reads.
TYPED_AT_ONCE_BYTES = 2048


class Life:
    """The processor from one reset to the next."""

    def __init__(self, interpreter: Interpreter, typed_a_beat: int) -> None:
        self.interpreter = interpreter
        # The latest beat whose work is done; the program waits for the next one.
        self.done_beat = -1
        self.has_control_timer = False
        # It has said something. Before that the laptop starts a process, which takes a chip no time.
        self.has_begun = False
        # Nothing runs there that could say when it has done its work: time goes by the clock.
        self.is_at_prompt = False
        # It was stopped on purpose, as a chip that hangs.
        self.is_frozen = False
        # When the program last said that, by the laptop's clock.
        self.done_at_s = time.monotonic()
        self._records = RecordReader()
        self._typed = b""
        # So many bytes arrive in a beat, on a line of the chip's speed.
        self._typed_a_beat = typed_a_beat
        self._may_type = typed_a_beat

    @property
    def may_be_waited_for(self) -> bool:
        return not self.is_at_prompt and not self.is_frozen

    def freeze(self) -> None:
        self.is_frozen = True
        self.interpreter.freeze()

    def descriptors(self) -> list[int]:
        """The descriptors on which its output arrives."""
        return [self.interpreter.terminal, self.interpreter.line.fileno()]

    def send_frame(self, frame: bytes) -> None:
        self._may_type = self._typed_a_beat
        # An interpreter that hangs takes no frames.
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            self.interpreter.line.send(frame)

    def type(self, data: bytes) -> None:
        """Type into its terminal; bytes for which the terminal has no room yet are kept for later."""
        self._typed += data
        if not self._typed:
            return
        try:
            count = os.write(self.interpreter.terminal, self._typed[: self._may_type])
        except OSError:
            return
        self._may_type -= count
        self._typed = self._typed[count:]

    def printed(self) -> bytes:
        try:
            return os.read(self.interpreter.terminal, 65536)
        except OSError:
            return b""

    def records(self) -> Iterator[Record]:
        """All that have come: the last ones before it ends say why it ends."""
        data = b""
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while piece := self.interpreter.line.recv(65536):
                data += piece
        self.has_begun = self.has_begun or bool(data)
        return self._records.feed(data)

    def take(self, record: Record) -> None:
        """Take a record about its timers or its work."""
        if record.kind == Kind.TIMERS:
            self.has_control_timer = bool(record.small & CONTROL_TIMER_BIT)
        elif record.kind == Kind.PROMPT:
            self.is_at_prompt = True
        elif record.kind == Kind.DONE:
            self.done_beat = record.value
            self.done_at_s = time.monotonic()


class Watchdog:
    def __init__(self) -> None:
        self._limit_ms = 0
        self._fed_at_ms = 0
        # The longest that it had to wait for.
        self.longest_ms = 0

    def stop(self) -> None:
        self._limit_ms = 0

    def take(self, record: Record, now_ms: int) -> None:
        """`small` is 0 when the watchdog is started, with its limit as value, and 1 when it is fed."""
        if record.small == 0:
            self._limit_ms = record.value
        else:
            self.longest_ms = max(self.longest_ms, now_ms - self._fed_at_ms)
        self._fed_at_ms = now_ms

    def bites(self, now_ms: int) -> bool:
        return bool(self._limit_ms) and now_ms - self._fed_at_ms > self._limit_ms


class Processor:
    """Starts and ends lives. The real-time clock's memory lasts until the power goes."""

    def __init__(self, config: dict[str, Any], heap_bytes: int) -> None:
        self.life: Life | None = None
        self.watchdog = Watchdog()
        self.memory = b""
        self.reset_cause = PWRON_RESET
        self._config = config
        self._heap_bytes = heap_bytes
        self._folder = tempfile.TemporaryDirectory(prefix="soleus-virtual-")

    def start(self, frame: bytes, is_raw: bool) -> None:
        """The chip waits for its first frame. `is_raw`: it goes to the raw prompt, not to the app."""
        config = {
            **self._config,
            "reset_cause": self.reset_cause,
            "memory": self.memory.hex(),
            "is_raw": is_raw,
        }
        byte_us = config["costs"].get("console_byte_us", 0)
        typed_a_beat = int(BEAT_MS * 1000 / byte_us) if byte_us else TYPED_AT_ONCE_BYTES
        interpreter = Interpreter(config, Path(self._folder.name), self._heap_bytes)
        self.life = Life(interpreter, min(typed_a_beat, TYPED_AT_ONCE_BYTES))
        self.life.send_frame(frame)

    def stop(self) -> None:
        if self.life:
            self.life.interpreter.close()
            self.life = None

    def lose_power(self) -> None:
        self.stop()
        self.forget()

    def forget(self) -> None:
        """Lose the clock's memory, as after a loss of power."""
        self.memory = b""

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()
