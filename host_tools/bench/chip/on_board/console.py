# mypy: ignore-errors
"""2 KB on the console, while the laptop reads."""

import sys

from helpers import say, timed_us

_LINE = "." * 63 + "\n"
_LINES = 32


def measure() -> None:
    say("console_byte_us", timed_us(_print) / (len(_LINE) * _LINES))


def _print() -> None:
    for _ in range(_LINES):
        sys.stdout.write(_LINE)
