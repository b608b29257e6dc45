"""Progress where no terminal shows it: a line now and then on stderr, so that a log shows life."""

import sys
import time
from typing import TextIO

EVERY_S = 10.0


class NowAndThen:
    def __init__(
        self, is_quiet: bool = False, stream: TextIO | None = None, every_s: float = EVERY_S
    ) -> None:
        self._stream = stream or sys.stderr
        # A terminal has a bar, which says the same in more detail.
        self._is_silent = is_quiet or self._stream.isatty()
        self._every_s = every_s
        self._next_s = time.monotonic() + every_s

    def say(self, words: str) -> None:
        """Words that are not yet due are left out: newer ones will come."""
        if self._is_silent or time.monotonic() < self._next_s:
            return
        print(words, file=self._stream, flush=True)
        self._next_s = time.monotonic() + self._every_s
