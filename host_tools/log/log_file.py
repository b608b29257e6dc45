"""A session's log: the content of its file, as far as the file is whole."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from host_tools.basics.errors import InputError
from host_tools.log.blocks import Block, decode_overview, decode_ring
from host_tools.log.frames import cut_into_frames
from host_tools.log.state import StateNames, core_of
from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.changes import change
from soleus.core.program.table import read_program
from soleus.log import slog_format


@dataclass(frozen=True)
class Log:
    path: Path
    header: dict[str, Any]
    # Rows at 2 Hz, from one write to the next; and every tick of some stretches.
    overview: list[Block] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    end: dict[str, Any] | None = None
    names: StateNames | None = None
    torn_bytes: int = 0
    whole_bytes: int = 0

    @cached_property
    def boots(self) -> Boots:
        return read_boots(self.header["boots"])

    @property
    def begins_ms(self) -> int | None:
        """The machine's time at its first row."""
        return min((block.at_ms for block in (*self.overview[:1], *self.blocks[:1])), default=None)

    @property
    def versions(self) -> str:
        return f"{self.header.get('soleus', '?')}, core {self.header.get('core', '?')}"

    def fresh_controller(self) -> Controller:
        """The controller as it was after the program had been loaded."""
        controller = core_of(self.header, self.boots)
        if self.header.get("program"):
            program = read_program(self.header["program"])
            change(program, self.header.get("changes") or {}, self.boots)
            make_ready(controller, program, self.header["minutes"])
        return controller

    @property
    def ended_by(self) -> str:
        return str(self.end["ended_by"]) if self.end else "power cut or reset"


def read_log(path: str | Path) -> Log:
    """Raises `InputError` if not even the header is whole."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, "", None, f"a log that can be read ({error.strerror})") from None
    return parse_log(content, path)


def parse_log(content: bytes, path: Path) -> Log:
    frames = cut_into_frames(content)
    if not frames.whole or frames.whole[0].kind != slog_format.HEADER:
        raise InputError(path, "", None, "a session's log with a whole header, as `soleus log pull` writes")
    header = json.loads(frames.whole[0].payload)
    try:
        boots = read_boots(header["boots"])
    except (SettingError, KeyError) as error:
        raise InputError(path, "boots", None, f"a header with a board's boots ({error})") from None
    overview, blocks, end, names = [], [], None, None
    for frame in frames.whole[1:]:
        if frame.kind == slog_format.OVERVIEW:
            overview.append(decode_overview(frame.payload, boots.count))
        elif frame.kind == slog_format.RING:
            blocks.append(decode_ring(frame.payload, boots.count))
        elif frame.kind == slog_format.END:
            end = json.loads(frame.payload)
        elif frame.kind == slog_format.NAMES:
            names = StateNames([(str(name), int(size)) for name, size in json.loads(frame.payload)])
    return Log(path, header, overview, blocks, end, names, frames.torn_bytes, frames.whole_bytes)
