"""A chip in its ROM's loader, at the end of a pseudo-terminal: what the real esptool talks to.

The protocol is `esp32-mock-bootloader`'s. Here it gets a flash that can be looked at, that is full of other
things before, and a cable that can be pulled after so many bytes were written.
"""

import contextlib
import struct
import threading
import tty
from typing import Any

from esp32_mock_bootloader.server import (
    BootloaderConnection,
    FlashImage,
    PtyMasterTransport,
    handle_client,
)


class CableError(OSError):
    pass


class SilenceError(Exception):
    pass


class NorFlash(FlashImage):  # type: ignore[misc] # The package has no types.
    """A chip that had something else on it: what nobody erases stays."""

    def __init__(
        self, unplugged_at: int | None = None, silent_at: int | None = None, rots_at: int | None = None
    ) -> None:
        super().__init__()
        self.data[:] = bytes(len(self.data))
        self.unplugged_at = unplugged_at
        self.silent_at = silent_at
        self.rots_at = rots_at
        self.written = 0
        self.order: list[int] = []
        self.erased_whole = 0
        self.checked: list[tuple[int, int]] = []

    def erase_all(self) -> None:
        super().erase_all()
        self.erased_whole += 1

    def begin_defl(self, payload: bytes) -> None:
        super().begin_defl(payload)
        size, _, _, at = struct.unpack_from("<IIII", payload, 0)
        self.order.append(at)
        sectors = -(-size // 4096) * 4096
        self.erase_region(at, sectors)

    def write_defl_block(self, payload: bytes) -> None:
        (size,) = struct.unpack_from("<I", payload, 0)
        unpacked = self._decompressor.decompress(payload[16 : 16 + size])
        at = self._defl_offset
        if self.unplugged_at is not None:
            unpacked = unpacked[: max(0, self.unplugged_at - self.written)]
        self.data[at : at + len(unpacked)] = unpacked
        self._defl_offset += len(unpacked)
        self.written += len(unpacked)
        if self.unplugged_at is not None and self.written >= self.unplugged_at:
            raise CableError
        if self.silent_at is not None and self.written >= self.silent_at:
            raise SilenceError
        if self.rots_at is not None and at <= self.rots_at < at + len(unpacked):
            self.data[self.rots_at] ^= 0xFF

    def md5_stub_response(self, payload: bytes, *, stub: bool = False) -> Any:
        at, size, _, _ = struct.unpack_from("<IIII", payload, 0)
        self.checked.append((at, size))
        return super().md5_stub_response(payload, stub=stub)


class RomLoader:
    """`with RomLoader("esp32") as chip:` answers at `chip.port` until the end, or its cable is pulled."""

    def __init__(self, chip: str, flash: NorFlash | None = None) -> None:
        self.chip = chip
        self.flash = flash or NorFlash()
        self._transport = PtyMasterTransport.create()
        tty.setraw(self._transport._slave)
        self.port = str(self._transport.client_path)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> "RomLoader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            self._transport.close()

    def _answer(self) -> None:
        while not self._ends.is_set():
            try:
                handle_client(
                    BootloaderConnection(pty=self._transport), self._ends, self.chip, flash=self.flash
                )
            except SilenceError:
                self._ends.wait()
            except CableError:
                self._transport.close()
                return
