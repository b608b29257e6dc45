"""A real MicroPython behind a pseudo-terminal, with a folder as its flash: all that flashing needs.

It has no pins and no plant; `host_tools/virtual` has those. Like a chip it runs /boot.py and /main.py after a
reset, and /boot.py alone after a soft reset from the raw prompt. It can lose its power at any moment. With a
`Wire` its line is that of a chip, and with `stalls` it is itself as slow as one.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
import tty
from pathlib import Path

from tests.host.flash.stand_ins.wire import Wire

_INTERPRETER = [sys.executable, "-c", "import sys, micropython_unix; sys.exit(micropython_unix.main())"]
DEAF_S = 0.1
ROM_SAYS = b"ets Jul 29 2019\r\n\r\nrst:0x8 (TG1WDT_SYS_RESET)\r\nentry 0x400805ac\r\n"
RAW_PROMPT, PROMPT, CTRL_C = b"\x01", b"\x02", b"\x03"

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
    except (Exception, KeyboardInterrupt) as _error:
        sys.print_exception(_error)
        if isinstance(_error, KeyboardInterrupt): break
"""


class PtyBoard:
    """`port` is what mpremote connects to; `flash` is the folder that the board sees as its root."""

    def __init__(
        self,
        flash: Path,
        wire: Wire | None = None,
        stalls: tuple[float, float] | None = None,
        bites_after_s: float | None = None,
    ) -> None:
        """`stalls`: how long the interpreter runs, and then how long it stands, in seconds.

        `bites_after_s`: a watchdog that nothing feeds resets the board, unless it has a prompt by then.
        """
        self._bites_after_s = bites_after_s
        self._listens_from_s = 0.0
        self.bites = 0
        self.flash = flash
        self.wire = wire or Wire()
        self._back = Wire(self.wire.bytes_per_s, self.wire.late_s)
        self._stalls = stalls
        self._pause_s = 0.02 if wire is None and stalls is None else 0.001
        flash.mkdir(parents=True, exist_ok=True)
        self._inner, self._inner_slave = _raw_pty()
        self.plug_in()
        self.resets = 0
        self._stands = False
        self.is_off = False
        self._is_raw = self._is_raw_due = False
        self._process = self._start(is_soft=False)
        self._keeper = threading.Thread(target=self._run, daemon=True)
        self._keeper.start()

    def lose_power(self) -> None:
        """Kills the interpreter, whatever it is doing, for good."""
        self.is_off = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._keeper.join()

    def plug_in(self) -> None:
        self._outer, self._outer_slave = _raw_pty()
        self.port = os.ttyname(self._outer_slave)
        self.is_plugged = True

    def unplug(self) -> None:
        """The port is gone; the board, if it has its own supply, runs on."""
        self.is_plugged = False
        os.close(self._outer_slave)
        os.close(self._outer)

    def close(self) -> None:
        self.lose_power()
        if self.is_plugged:
            self.unplug()
        os.close(self._inner)
        os.close(self._inner_slave)

    def _run(self) -> None:
        """Passes every byte on, and starts the interpreter again when it has ended."""
        while not self.is_off:
            watched = [self._outer, self._inner] if self.is_plugged else [self._inner]
            ready, _, _ = select.select(watched, [], [], self._pause_s)
            self._stall()
            if self.is_plugged and self._outer in ready:
                typed = os.read(self._outer, 4096)
                self._note_prompt(typed)
                self.wire.put(typed)
            arrived = self.wire.take(_unread(self._inner_slave) if self.wire.room_bytes else 0)
            if arrived and time.monotonic() > self._listens_from_s:
                os.write(self._inner, self._without_ctrl_c(arrived))
            if self.is_plugged and self.wire.is_cut_within(0):
                self.wire.unplugged_at = None
                self.unplug()
            if self._inner in ready:
                said = os.read(self._inner, 4096)
                self._has_prompt = self._has_prompt or b">>> " in said
                self._back.put(said)
                if self._is_raw_due and said.endswith(b">>> "):
                    # As on a chip, a soft reset from the raw prompt leads back to the raw prompt.
                    self._is_raw_due = False
                    os.write(self._inner, RAW_PROMPT)
            elif self._process.poll() is not None and not self.is_off:
                self._restart()
            elif self._is_bitten():
                self._process.kill()
                self._process.wait()
                self._back.put(ROM_SAYS)
                self.bites += 1
                self._is_raw = False
                self._process = self._start(is_soft=False)
            heard = self._back.take()
            if heard and self.is_plugged:
                os.write(self._outer, heard)
        # The power may have gone just as the interpreter was being started again.
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()

    def _without_ctrl_c(self, arrived: bytes) -> bytes:
        """While code runs, a chip takes Ctrl-C out of what is typed, and interrupts."""
        if CTRL_C not in arrived or not _runs_code(self._process):
            return arrived
        self._process.send_signal(signal.SIGINT)
        return arrived.replace(CTRL_C, b"")

    def _is_bitten(self) -> bool:
        if self._bites_after_s is None or self._has_prompt or self.is_off:
            return False
        return time.monotonic() > self._listens_from_s + self._bites_after_s

    def _stall(self) -> None:
        """As slow as a chip: it stands still most of the time."""
        if self._stalls is None or self._process.poll() is not None:
            return
        runs_s, stands_s = self._stalls
        stands = time.monotonic() % (runs_s + stands_s) > runs_s
        if stands != self._stands:
            self._stands = stands
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGSTOP if stands else signal.SIGCONT)

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
        self._back.put(b"MPY: soft reboot\r\n" if is_soft else ROM_SAYS)
        self._is_raw_due = self._is_raw
        self._process = self._start(is_soft and self._is_raw)

    def _start(self, is_soft: bool) -> "subprocess.Popen[bytes]":
        files = ("boot.py",) if is_soft else ("boot.py", "main.py")
        code = _START.format(root=str(self.flash), files=files)
        slave = self._inner_slave
        self._has_prompt = False
        # Until then the loader in the ROM has the line: what is typed is lost.
        self._listens_from_s = time.monotonic() + (DEAF_S if self._bites_after_s and not is_soft else 0.0)
        self._stands = False
        command = [*_INTERPRETER, "-i", "-c", code]
        return subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)


def boot_once(flash: Path) -> str:
    """What such a board prints between power-on and its prompt."""
    code = _START.format(root=str(flash), files=("boot.py", "main.py"))
    done = subprocess.run([*_INTERPRETER, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout


def _runs_code(process: "subprocess.Popen[bytes]") -> bool:
    """The unix port catches the signal only while it runs code; at its prompt Ctrl-C is a character."""
    if process.poll() is not None:
        return False
    status = Path(f"/proc/{process.pid}/status").read_text()
    (caught,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) & 1 << (signal.SIGINT - 1))


def _unread(descriptor: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0)))
    return int(count)


def _raw_pty() -> tuple[int, int]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    return master, slave
