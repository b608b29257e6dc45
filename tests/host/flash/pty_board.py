"""A real MicroPython behind a pseudo-terminal, with a folder as its flash: all that flashing needs.

It has no pins and no plant; `host_tools/virtual` has those. Like a chip it runs /boot.py and /main.py after a
reset, and /boot.py alone after a soft reset from the raw prompt. It can lose its power at any moment.
"""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import tty
from pathlib import Path

_INTERPRETER = [sys.executable, "-c", "import sys, micropython_unix; sys.exit(micropython_unix.main())"]
RAW_PROMPT, PROMPT = b"\x01", b"\x02"

# The unix port has no reset, and sees the laptop's folders: this makes it behave like a board.
_START = """
import os, sys
os.umount("/")
os.mount(os.VfsPosix({root!r}), "/")
os.chdir("/")
sys.path[:] = ["", "/lib"]
class _Machine:
    def reset(self):
        open("/.reset", "w").close()
        raise SystemExit
sys.modules["machine"] = _Machine()
for _name in {files!r}:
    try:
        with open("/" + _name) as _file:
            _code = _file.read()
    except OSError:
        continue
    try:
        exec(_code)
    except Exception as _error:
        sys.print_exception(_error)
"""


class PtyBoard:
    """`port` is what mpremote connects to; `flash` is the folder that the board sees as its root."""

    def __init__(self, flash: Path) -> None:
        self.flash = flash
        flash.mkdir(parents=True, exist_ok=True)
        self._outer, outer_slave = _raw_pty()
        self._inner, self._inner_slave = _raw_pty()
        self._handles = [self._outer, outer_slave, self._inner, self._inner_slave]
        self.port = os.ttyname(outer_slave)
        self.resets = 0
        self._is_off = False
        self._is_raw = self._is_raw_due = False
        self._process = self._start(is_soft=False)
        self._keeper = threading.Thread(target=self._run, daemon=True)
        self._keeper.start()

    def lose_power(self) -> None:
        """Kills the interpreter, whatever it is doing, for good."""
        self._is_off = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._keeper.join()

    def close(self) -> None:
        self.lose_power()
        for handle in self._handles:
            os.close(handle)

    def _run(self) -> None:
        """Passes every byte on, and starts the interpreter again when it has ended."""
        while not self._is_off:
            ready, _, _ = select.select([self._outer, self._inner], [], [], 0.02)
            if self._outer in ready:
                typed = os.read(self._outer, 4096)
                self._note_prompt(typed)
                os.write(self._inner, typed)
            if self._inner in ready:
                said = os.read(self._inner, 4096)
                os.write(self._outer, said)
                if self._is_raw_due and said.endswith(b">>> "):
                    # As on a chip, a soft reset from the raw prompt leads back to the raw prompt.
                    self._is_raw_due = False
                    os.write(self._inner, RAW_PROMPT)
            elif self._process.poll() is not None and not self._is_off:
                self._restart()
        self._process.wait()

    def _note_prompt(self, typed: bytes) -> None:
        for sign, is_raw in ((RAW_PROMPT, True), (PROMPT, False)):
            if typed.endswith(b"\r" + sign):
                self._is_raw = is_raw

    def _restart(self) -> None:
        reset = self.flash / ".reset"
        is_soft = not reset.exists()
        reset.unlink(missing_ok=True)
        if not is_soft:
            self.resets += 1
            self._is_raw = False
        os.write(self._outer, b"MPY: soft reboot\r\n" if is_soft else b"\r\n")
        self._is_raw_due = self._is_raw
        self._process = self._start(is_soft and self._is_raw)

    def _start(self, is_soft: bool) -> "subprocess.Popen[bytes]":
        files = ("boot.py",) if is_soft else ("boot.py", "main.py")
        code = _START.format(root=str(self.flash), files=files)
        slave = self._inner_slave
        command = [*_INTERPRETER, "-i", "-c", code]
        return subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)


def boot_once(flash: Path) -> str:
    """What such a board prints between power-on and its prompt."""
    code = _START.format(root=str(flash), files=("boot.py", "main.py"))
    done = subprocess.run([*_INTERPRETER, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout


def _raw_pty() -> tuple[int, int]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    return master, slave
