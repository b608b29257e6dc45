"""Says what ended the app, and keeps it for `start_up.py` to say after the next start.

The reason goes into the memory of the real-time clock, which outlasts every reset but not a loss of
power. The end of the session's log is written, too, at once after Ctrl-C and a second after a crash: no tick
is left that a flash write could delay.
"""

import gc
import sys
from time import sleep_ms

import machine
from micropython import const

from soleus.basics.annotations import Callable

_REASON_MOST_BYTES = const(200)
# Time to read the reason, or to press Ctrl-C for a prompt, before the board starts again.
_BEFORE_RESET_MS = const(1000)


def leave(cause: "BaseException | None", keep_log: "Callable | None") -> None:
    """`keep_log` writes the end of the session's log."""
    gc.collect()
    reason = "the app ended" if cause is None else reason_of(cause)
    remember(reason)
    print("soleus: vented; {}".format(reason))
    if cause is None:
        return
    if isinstance(cause, KeyboardInterrupt):
        try:
            _keep_safely(keep_log, "Ctrl-C", reason)
        except KeyboardInterrupt:
            # A second Ctrl-C: the prompt comes at once, and what is written so far can be read.
            print("soleus: the log was cut short")
        return
    if isinstance(cause, SystemExit):
        raise cause
    if type(cause).__name__ == "SettingError":
        # The board's description is wrong, and would be as wrong after a reset. Known by its name, because
        # nothing can be imported from a core that was half loaded when the app ended.
        return
    sys.print_exception(cause)
    sleep_ms(_BEFORE_RESET_MS)
    _keep_safely(keep_log, "crash", reason)
    machine.reset()


def _keep_safely(keep_log: "Callable | None", ended_by: str, reason: str) -> None:
    if keep_log is None:
        return
    try:
        keep_log(ended_by, reason)
    except Exception as error:
        print("soleus: the log could not be kept: {}".format(error))


def reason_of(cause: BaseException) -> str:
    if isinstance(cause, KeyboardInterrupt):
        return "stopped by Ctrl-C"
    if isinstance(cause, SystemExit):
        return "restarted by a program (SystemExit)"
    return "{}: {}".format(type(cause).__name__, cause)


def remember(reason: str) -> None:
    try:
        machine.RTC().memory(reason.encode()[:_REASON_MOST_BYTES])
    except (OSError, MemoryError):
        print("soleus: the reason could not be kept")
