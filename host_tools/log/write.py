"""Writes logs on the laptop: of simulated sessions, and of boards while they run."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from host_tools.basics.atomic_file import write_whole
from host_tools.catalogue.toml_file import Table
from host_tools.flash.compile.core_hash import core_hash
from host_tools.log.frames import framed
from host_tools.log.state import StateNames
from host_tools.sim.simulate import Session
from soleus.core.basics import fault_table
from soleus.core.basics.limits import TICK_MS
from soleus.core.basics.signals import Commands, Readings
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.log.core_state import CoreState
from soleus.log.core_walk import fingerprint
from soleus.log.end import end
from soleus.log.slog_format import END, HEADER, MAGIC, NAMES, RING, RING_EXTRAS
from soleus.log.tick_coder import TickCoder

BLOCK_BYTES = 32 * 1024


def write_session_log(session: Session, program_table: Table, path: Path) -> None:
    """Write every tick of a simulated session, from the freshly loaded core on."""
    request = session.request
    fresh = Controller(request.board.boots)
    make_ready(fresh, request.program, request.minutes, request.pressure_mmhg)
    header = {
        "soleus": version("soleus"),
        "board": request.board.name,
        "port": "simulator",
        "core": core_hash(),
        "state": fingerprint(fresh),
        "boots": request.board.table["boots"],
        "program": program_table,
        "minutes": request.minutes,
        "pressure_mmhg": request.pressure_mmhg,
        "plant": request.plant_name,
        "seed": request.seed,
        "faults": [fault.text for fault in request.faults],
        "events": [event.text for event in request.events],
    }
    blocks = [framed(RING, block) for block in _blocks(session, fresh)]
    fault_row = fault_table.TABLE[session.controller.latch.code]
    tail = framed(END, _json(end(session.controller, fault_row, 0))) + names_frame(fresh)
    write_whole(path, MAGIC + framed(HEADER, _json(header)) + b"".join(blocks) + tail)


def names_frame(core: Controller) -> bytes:
    """Names the numbers of the state, so that later cores, whose state has others, can replay the log."""
    return framed(NAMES, _json(StateNames.of(core).fields))


def _blocks(session: Session, fresh: Controller) -> Iterator[bytes]:
    trace = session.trace
    coder = TickCoder(fresh.boots.count, RING_EXTRAS, TICK_MS)
    tick = _Tick(fresh.boots.count)
    number = at_ms = 0
    columns = [
        trace.dt_ms, trace.buttons, trace.missing_bits, trace.fill_bits, trace.seal_bits,
        trace.pump_permille, trace.gate_on, trace.state, trace.fault_code,
        trace.manifold_reading_pa, trace.supply_mv,
    ]  # fmt: skip
    machine = zip(*(column.tolist() for column in columns), strict=True)
    state = CoreState(fresh)
    state.take()
    coder.begin(bytearray(BLOCK_BYTES), number, at_ms, state)
    for row, chambers in zip(machine, trace.reading_pa.tolist(), strict=True):
        tick.put(row)
        coder.code(row[0], row[1], row[2], tick, chambers, list(row[9:]))
        at_ms += max(row[0], 0)
        if coder.is_full():
            used_bytes = coder.end()
            yield bytes(coder.buffer[:used_bytes])
            number += 1
            coder.begin(bytearray(BLOCK_BYTES), number, at_ms)
    used_bytes = coder.end()
    yield bytes(coder.buffer[:used_bytes])


class _Tick:
    """The part of a core that the coder looks at, filled from a trace."""

    def __init__(self, chamber_count: int) -> None:
        self.commands = Commands()
        self.readings = Readings(chamber_count)
        self.session = self
        self.latch = self
        self.state = self.code = 0

    def put(self, row: tuple[int, ...]) -> None:
        commands = self.commands
        commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on = row[3:7]
        self.state, self.code = row[7:9]


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
