"""The serial line to a board. Every wait ends, and says what was waited for, how long, and what was heard."""

import contextlib
import io
import os
import time
from collections.abc import Iterator

import serial
from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from host_tools.basics.errors import InputError
from host_tools.flash.prompt.errors import DeviceError, GoneError
from host_tools.link.console import WRITE_TIMEOUT_S

READ_TIMEOUT_S = 0.05

# A USB port comes back some seconds after a reset.
REOPEN_TIMEOUT_S = 15.0
REOPEN_AFTER_S = 0.25
# Linux and macOS say that a port is locked, Windows that access to it is denied.
_BUSY_WORDS = ("lock", "denied")
_SHOWN_BYTES = 40


class Line:
    """mpremote opens and closes the port: it knows which boards a careless open or close would reset."""

    def __init__(self, port: str) -> None:
        self.port = port
        self._unread = b""
        self._open(REOPEN_TIMEOUT_S)

    def reopen(self, timeout_s: float) -> None:
        """A board with its USB port in the chip takes the port along when it resets."""
        self.close()
        try:
            self._open(timeout_s)
        except InputError:
            raise GoneError(
                f"{self.port} is gone, and did not come back within {timeout_s:g} s; is the cable loose?"
            ) from None

    def _open(self, timeout_s: float) -> None:
        self._transport = _open(self.port, timeout_s)
        self._serial: serial.Serial = self._transport.serial
        self._serial.timeout = READ_TIMEOUT_S
        self._serial.write_timeout = WRITE_TIMEOUT_S

    def write(self, data: bytes) -> None:
        with self._as_device_error():
            self._serial.write(data)

    def read_until(self, *endings: bytes, timeout_s: float, what: str, is_silence: bool = False) -> bytes:
        """Up to and with the first of the endings. `is_silence`: time counts from the last byte that came."""
        heard = self.listen(*endings, timeout_s=timeout_s, is_silence=is_silence)
        if heard is None:
            raise self._waited(timeout_s, what)
        return heard

    def listen(self, *endings: bytes, timeout_s: float, is_silence: bool = False) -> bytes | None:
        """The same, but None when the time is over; what came is kept."""
        until_s = time.monotonic() + timeout_s
        while True:
            if (end := self._first_end(endings)) >= 0:
                heard, self._unread = self._unread[:end], self._unread[end:]
                return heard
            data = self._read()
            if data and is_silence:
                until_s = time.monotonic() + timeout_s
            self._unread += data
            if not data and time.monotonic() > until_s:
                return None

    def read_exactly(self, size_bytes: int, timeout_s: float, what: str) -> bytes:
        until_s = time.monotonic() + timeout_s
        while len(self._unread) < size_bytes:
            self._unread += self._read()
            if time.monotonic() > until_s and len(self._unread) < size_bytes:
                raise self._waited(timeout_s, what)
        heard, self._unread = self._unread[:size_bytes], self._unread[size_bytes:]
        return heard

    def has_more(self) -> bool:
        with self._as_device_error():
            return bool(self._unread) or self._serial.in_waiting > 0

    def drop_unread(self) -> bytes:
        """What came and was not what was waited for."""
        unread, self._unread = self._unread, b""
        return unread

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._transport.close()

    def _read(self) -> bytes:
        with self._as_device_error():
            data: bytes = self._serial.read(self._serial.in_waiting or 1)
            return data

    def _waited(self, timeout_s: float, what: str) -> DeviceError:
        return DeviceError(f"{self.port}: waited {timeout_s:g} s for {what}; heard {shown(self._unread)}")

    def _first_end(self, endings: tuple[bytes, ...]) -> int:
        ends = [at + len(ending) for ending in endings if (at := self._unread.find(ending)) >= 0]
        return min(ends, default=-1)

    @contextlib.contextmanager
    def _as_device_error(self) -> Iterator[None]:
        try:
            yield
        except serial.SerialTimeoutException:
            message = f"{self.port}: waited {WRITE_TIMEOUT_S:g} s until the board took what was sent"
            raise DeviceError(message) from None
        except (OSError, TypeError) as error:
            # pyserial's own `TypeError` comes from a port that was closed under it.
            raise GoneError(f"{self.port} is gone; is the cable loose? ({_reason(error)})") from None


def _open(port: str, timeout_s: float) -> SerialTransport:
    until_s = time.monotonic() + timeout_s
    while True:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return SerialTransport(port, timeout=READ_TIMEOUT_S)
        except (TransportError, OSError):
            reason = _why_not_opened(port)
        if any(word in str(reason).lower() for word in _BUSY_WORDS):
            raise InputError(
                "--port", "", port, "a port that no other program has open; close that one first"
            )
        if time.monotonic() > until_s:
            why = _reason(reason) if reason else "it came and went"
            raise InputError("--port", "", port, f"a serial port that can be opened ({why})")
        time.sleep(REOPEN_AFTER_S)


def _why_not_opened(port: str) -> Exception | None:
    """mpremote doesn't say; None when it can be opened by now."""
    try:
        serial.Serial(port, exclusive=True).close()
    except (OSError, ValueError) as error:
        return error
    return None


def _reason(error: Exception) -> str:
    if number := getattr(error, "errno", None):
        return os.strerror(number)
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def shown(heard: bytes) -> str:
    if not heard:
        return "nothing"
    return f"{len(heard)} bytes, the last of them {heard[-_SHOWN_BYTES:]!r}"
