"""A board that left its application is started again, as its reset button would."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from host_tools.basics.errors import SilentBoardError
from host_tools.flash.board.self_test import START_TIMEOUT_S
from host_tools.flash.prompt.errors import DeviceError
from host_tools.flash.prompt.line import REOPEN_AFTER_S, Line
from host_tools.flash.prompt.raw_repl import RawRepl
from host_tools.link.console import Console

Say = Callable[[str], None]


def restart(port: str) -> None:
    """From a friendly prompt, from a raw one, or in the middle of an application, which vents first."""
    line = Line(port)
    try:
        with contextlib.suppress(DeviceError):
            RawRepl(line).reset()
    finally:
        line.close()


def hello_after_restart(port: str, say: Say, timeout_s: float = START_TIMEOUT_S) -> dict[str, Any]:
    """A USB port disappears with the reset and comes back, so it is opened until the time is over."""
    say(f"waiting for the application to answer on {port} (up to {timeout_s:g} s)")
    until_s = time.monotonic() + timeout_s
    while True:
        left_s = max(0.0, until_s - time.monotonic())
        try:
            with Console(port) as console:
                return console.ask("hello", timeout_s=left_s)
        except SilentBoardError:
            raise
        except OSError:
            if left_s <= 0:
                raise
            time.sleep(REOPEN_AFTER_S)
