"""Logs from a board, over its console link: those that it has stored, or a session while it runs."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import RefusalError
from host_tools.basics.expectation import from_board
from host_tools.link.console import Console
from host_tools.log.blocks import COLUMNS, decode_ring
from host_tools.log.frames import cut_into_frames, framed
from host_tools.log.state import core_of
from host_tools.log.write import names_frame
from soleus.core.basics.boots_table import read_boots
from soleus.core.session.session import DONE, FAULT, IDLE
from soleus.log.core_walk import fingerprint
from soleus.log.slog_format import HEADER, MAGIC, RING

# A piece of the stream: so short that even a slow line delays no tick.
PIECE_BYTES = 72
_STATE = COLUMNS.index("state")


def sessions_on(console: Console) -> dict[str, Any]:
    return _asked(console, "list")


def pull(console: Console, name: str, folder: Path, on_bytes: Callable[[int], None] | None = None) -> Path:
    """Fetch one session's file, byte for byte; with the names of its state if this laptop has that core."""
    content = b""
    while True:
        piece = base64.b64decode(_asked(console, "read", name=name, at=len(content))["data"])
        if not piece:
            break
        content += piece
        if on_bytes:
            on_bytes(len(piece))
    path = folder / name
    write_whole(path, with_names(content))
    return path


def with_names(content: bytes) -> bytes:
    """A torn end is cut off, so that the names can be read after the rest."""
    frames = cut_into_frames(content)
    if not frames.whole or frames.whole[0].kind != HEADER or frames.torn_bytes:
        return content
    header = json.loads(frames.whole[0].payload)
    core = core_of(header, read_boots(header["boots"]))
    is_same = header.get("state") == fingerprint(core)
    return content + (names_frame(core) if is_same else b"")


class Stream:
    """Every tick of a board, as long as the laptop listens: `begin`, then `listen` again and again."""

    def __init__(self, console: Console, path: Path, piece_bytes: int = PIECE_BYTES) -> None:
        self.console = console
        self.path = path
        self.piece_bytes = piece_bytes
        self.blocks: list[bytes] = []
        self.ticks_count = 0
        self.has_run = False
        self.has_ended = False
        self._header: dict[str, Any] = {}
        self._block = b""

    def begin(self) -> None:
        """Call before a session starts."""
        self._header = _asked(self.console, "ring", piece_bytes=self.piece_bytes)["header"]
        self._boots = read_boots(self._header["boots"])

    def take(self, message: dict[str, Any]) -> None:
        if message.get("event") != "ring":
            return
        if message["at"] == 0:
            self._block = b""
        if message["at"] != len(self._block):
            # A piece was lost on the way, and this block with it.
            return
        self._block += base64.b64decode(message["data"])
        if len(self._block) == message["of"]:
            self._take_block(self._block)
            self._block = b""

    def listen(self) -> None:
        for message in [*self.console.events, *self.console.listen()]:
            self.take(message)
        self.console.events.clear()

    def end(self) -> Path:
        _asked(self.console, "ring", piece_bytes=0)
        header = framed(HEADER, json.dumps(self._header).encode())
        content = MAGIC + header + b"".join(framed(RING, block) for block in self.blocks)
        write_whole(self.path, with_names(content))
        return self.path

    def _take_block(self, block: bytes) -> None:
        self.blocks.append(block)
        states = decode_ring(block, self._boots.count).ticks[:, _STATE]
        self.ticks_count += len(states)
        is_idle = len(states) > 0 and states[-1] in (IDLE, DONE, FAULT)
        self.has_run = self.has_run or bool((states > IDLE).any() and (states < DONE).any())
        self.has_ended = self.has_run and bool(is_idle)


def _asked(console: Console, what: str, **arguments: Any) -> dict[str, Any]:
    answer = console.ask("log", what=what, **arguments)
    if "error" in answer:
        raise RefusalError(console.serial.port, f"log {what}: {from_board(answer['error'])}")
    return answer
