"""A board that runs MicroPython, over mpremote's own transport: a few operations on its files."""

import ast
import contextlib
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from host_tools.basics.errors import InputError

READ_TIMEOUT_S = 1
REPL_TIMEOUT_S = 3
# Bytes that are typed while a board is still starting are lost.
REPL_ATTEMPTS = 4
# A USB port comes back some seconds after a reset.
REOPEN_TIMEOUT_S = 15

# Runs on the board. Hashes are computed there, because what counts is what the flash gives back.
_HELPERS = """
import os, binascii, hashlib
def _sha(path):
    h, b = hashlib.sha256(), bytearray(512)
    with open(path, "rb") as f:
        while True:
            n = f.readinto(b)
            if not n:
                return binascii.hexlify(h.digest()).decode()
            h.update(memoryview(b)[:n])
def _walk(top, inside=""):
    for entry in os.ilistdir(top + inside):
        name = inside + "/" + entry[0]
        if entry[1] & 0x4000:
            for _ in _walk(top, name): yield _
        else:
            yield name
def _tree(top):
    try:
        os.stat(top)
    except OSError:
        return
    for name in _walk(top):
        print(repr((name[1:], _sha(top + name))))
def _folders(path):
    parts = path.split("/")
    for k in range(2, len(parts)):
        try: os.mkdir("/".join(parts[:k]))
        except OSError: pass
def _drop(path):
    try: entries = list(os.ilistdir(path))
    except OSError: return
    for entry in entries:
        name = path + "/" + entry[0]
        if entry[1] & 0x4000: _drop(name)
        else: os.remove(name)
    os.rmdir(path)
def _copy(old, new):
    b = bytearray(512)
    with open(old, "rb") as f, open(new, "wb") as g:
        while True:
            n = f.readinto(b)
            if not n: break
            g.write(memoryview(b)[:n])
def _sync():
    if hasattr(os, "sync"): os.sync()
def _rename(folder, old, new):
    # By their names alone: the unix port mixes two whole paths up.
    os.chdir(folder)
    try:
        _sync()
        os.rename(old, new)
        _sync()
    finally:
        os.chdir("/")
"""


class DeviceError(Exception):
    """The board stopped answering, or refused; what was done before stays as it is."""


@dataclass(frozen=True)
class About:
    platform: str
    version: str
    machine: str


class Device:
    """Connecting interrupts the application, which vents before it ends."""

    def __init__(self, port: str, soft_reset: bool = True) -> None:
        self.port = port
        self._transport = _open(port)
        try:
            self._enter(soft_reset)
            self._ask(_HELPERS)
        except DeviceError:
            self.close()
            raise

    def about(self) -> About:
        machine = "getattr(sys.implementation, '_machine', '')"
        said = self._ask(f"import sys; print(repr((sys.platform, sys.version, {machine})))")
        platform, words, machine = ast.literal_eval(said)
        version = words.partition("MicroPython ")[2].split(" ")[0]
        return About(platform, version, machine)

    def tree(self, folder: str) -> dict[str, str]:
        """The SHA-256 of every file below a folder."""
        return dict(ast.literal_eval(line) for line in self._ask(f"_tree({folder!r})").splitlines())

    def folders(self) -> list[str]:
        """The folders in the root."""
        return sorted(ast.literal_eval(self._ask("print([e[0] for e in os.ilistdir('/') if e[1] & 0x4000])")))

    def read_whole(self, path: str) -> bytes | None:
        """For files that are short enough for the board's heap in one piece."""
        said = self._ask(
            f"try:\n with open({path!r}, 'rb') as f: print(repr(f.read()))\nexcept OSError: print(None)"
        )
        content: bytes | None = ast.literal_eval(said)
        return content

    def manifest_names(self, path: str) -> list[str]:
        """The files that an application brought with it; none when its manifest can't be read."""
        said = self._ask(
            f"import json\ntry:\n with open({path!r}) as f: print(list(json.load(f)['files']))\n"
            "except (OSError, ValueError, KeyError): print([])"
        )
        names: list[str] = ast.literal_eval(said)
        return names

    def free_bytes(self) -> int:
        return int(self._ask("s = os.statvfs('/'); print(s[0] * s[3])"))

    def write(self, path: str, content: bytes) -> None:
        self._ask(f"_folders({path!r})")
        with _as_device_error():
            self._transport.fs_writefile(path, content)

    def copy(self, old: str, new: str) -> None:
        self._ask(f"_folders({new!r}); _copy({old!r}, {new!r})")

    def rename(self, path: str, new_name: str) -> None:
        """In one step, replacing a file that has the new name: littlefs guarantees that."""
        folder, _, name = path.rpartition("/")
        self._ask(f"_rename({folder or '/'!r}, {name!r}, {new_name!r})")

    def remove(self, path: str) -> None:
        self._ask(f"os.remove({path!r})")

    def remove_folder(self, folder: str) -> None:
        self._ask(f"_drop({folder!r})")

    def run(self, code: str) -> str:
        return self._ask(code)

    def reset(self) -> None:
        """Reset as the button on the board does; that ends the connection."""
        with contextlib.suppress(TransportError, OSError):
            self._transport.exec_raw_no_follow("import machine; machine.reset()")
            time.sleep(0.1)
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._transport.close()

    def _enter(self, soft_reset: bool) -> None:
        for attempts_left in reversed(range(REPL_ATTEMPTS)):
            try:
                with _quiet(), _as_device_error():
                    self._transport.enter_raw_repl(soft_reset, timeout_overall=REPL_TIMEOUT_S)
                break
            except DeviceError:
                if not attempts_left:
                    raise

    def _ask(self, code: str) -> str:
        with _as_device_error():
            return self._run(code)

    def _run(self, code: str) -> str:
        said: bytes = self._transport.exec(code)
        return said.decode().strip()


def _open(port: str) -> Any:
    until_s = time.monotonic() + REOPEN_TIMEOUT_S
    while True:
        try:
            with _quiet():
                return SerialTransport(port, timeout=READ_TIMEOUT_S)
        except (TransportError, OSError):
            if time.monotonic() > until_s:
                raise InputError("--port", "", port, "a serial port that can be opened") from None
            time.sleep(0.25)


@contextlib.contextmanager
def _as_device_error() -> Iterator[None]:
    try:
        yield
    except (TransportError, OSError, ValueError) as error:
        lines = str(error).strip().splitlines()
        raise DeviceError(lines[-1] if lines else type(error).__name__) from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hide what mpremote prints when a board doesn't answer as expected."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
