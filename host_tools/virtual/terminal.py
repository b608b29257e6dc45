"""The board's USB line: the pseudo-terminal that mpremote opens, and what a chip says at a soft reset."""

import contextlib
import os
import tty

SOFT_REBOOT = b"MPY: soft reboot\r\n"
_RAW = b"raw REPL; CTRL-B to exit\r\n"
_FRIENDLY = b">>> "
_TAIL_BYTES = 64
CTRL_A = b"\x01"


class Terminal:
    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.port = os.ttyname(self.slave)
        self.is_raw = False
        self.is_plugged = True
        self._tail = b""
        self._hidden: bytes | None = None

    def received(self) -> bytes:
        """The bytes that the other end has sent; none over an unplugged line."""
        data = _read(self.master)
        return data if self.is_plugged else b""

    def send(self, data: bytes) -> None:
        """Send what the interpreter has printed; without a listener it is dropped."""
        if self._hidden is not None:
            data = self._after_raw_banner(data)
        if not data:
            return
        self._tail = (self._tail + data)[-_TAIL_BYTES:]
        if self._tail.rfind(_RAW) > self._tail.rfind(_FRIENDLY):
            self.is_raw = True
        elif _FRIENDLY in self._tail:
            self.is_raw = False
        if self.is_plugged:
            _write(self.master, data)

    def say_soft_reboot(self) -> bytes:
        """Return what the new interpreter must be sent first: a chip returns to the prompt that it left."""
        self.send(SOFT_REBOOT)
        if not self.is_raw:
            return b""
        self._hidden = b""
        return CTRL_A

    def say_hard_reset(self) -> None:
        self.is_raw = False
        self._hidden = None
        self._tail = b""

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)

    def _after_raw_banner(self, data: bytes) -> bytes:
        """The unix port always begins with the friendly prompt; its output up to the raw one is left out."""
        self._hidden = (self._hidden or b"") + data
        at = self._hidden.find(_RAW)
        if at < 0:
            return b""
        shown, self._hidden = self._hidden[at:], None
        return shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def _write(descriptor: int, data: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, data)
