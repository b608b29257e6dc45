"""A real MicroPython on a pseudo-terminal, with a folder as its flash: the least that flashing needs.

No pins, no plant; `host_tools/virtual` has those. After every reset it runs /boot.py and /main.py as a
chip does, then shows its prompt. It can lose its power at any moment.
"""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
import tty
from pathlib import Path

_INTERPRETER = "import sys, micropython_unix; sys.exit(micropython_unix.main())"

# The unix port has no reset and starts in the laptop's own folders: this makes it a board.
_START = """
import os, sys
os.umount("/")
os.mount(os.VfsPosix({root!r}), "/")
os.chdir("/")
sys.path[:] = ["", "/lib"]
class _Machine:
    def reset(self):
        raise SystemExit
sys.modules["machine"] = _Machine()
for _name in ("boot.py", "main.py"):
    try:
        with open("/" + _name) as _file:
            exec(_file.read())
    except OSError:
        pass
    except Exception as _error:
        sys.print_exception(_error)
"""


class PtyBoard:
    """`port` is what mpremote connects to; `flash` is the folder that the board sees as its root."""

    def __init__(self, flash: Path) -> None:
        self.flash = flash
        flash.mkdir(parents=True, exist_ok=True)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self.boots = 0
        self._is_over = False
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep_running, daemon=True)
        self._proxy_master, proxy_slave = self._master, self._slave
        self._keeper.start()

    def lose_power(self) -> None:
        """The interpreter is killed where it stands, and does not come back."""
        self._is_over = True
        process = self._process
        if process and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        self.lose_power()
        self._keeper.join(timeout=5)
        for handle in (self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(handle)
