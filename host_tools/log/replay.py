"""Gives recorded readings to the laptop's core: every command must come out as recorded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.log.blocks import CHANNELS, COLUMNS, Block
from host_tools.log.log_file import Log
from host_tools.log.state import StateNames, core_of, restore, unpacked
from host_tools.log.versions import laptop_versions
from soleus.core.basics.signals import Commands
from soleus.core.controller import Controller
from soleus.log.core_walk import fingerprint

COMMANDS = ("fill_bits", "seal_bits", "pump_permille", "gate_on", "state", "fault_code")
_FIRST_COMMAND = COLUMNS.index("fill_bits")

OnTick = Callable[[Controller, int], None]


@dataclass(frozen=True)
class Difference:
    # Counted from the first tick of the recording.
    tick: int
    at_ms: int
    what: str
    recorded: int
    came_out: int


@dataclass
class Replay:
    ticks: int = 0
    # Stretches without a gap; each begins from a recorded state.
    stretches: int = 0
    difference: Difference | None = None
    versions: tuple[str, str] = field(default=("", ""))

    def __str__(self) -> str:
        recorded_by, replayed_by = self.versions
        if self.difference is None:
            return f"{self.ticks} ticks in {self.stretches} stretches: every command as it was recorded"
        found = self.difference
        return (
            f"tick {found.tick} (at {found.at_ms} ms): {found.what} is {found.came_out}, "
            f"recorded was {found.recorded}; recorded by {recorded_by}, replayed by {replayed_by}"
        )


def replay(log: Log, on_tick: OnTick | None = None) -> Replay:
    """Stops at the first difference. `on_tick` is called with the core after each tick."""
    result = Replay()
    names = _names_of(log)
    for stretch in stretches_of(log.blocks):
        controller = log.fresh_controller()
        if stretch[0].state:
            restore(controller, unpacked(stretch[0].state, names))
        elif stretch[0].number > 0:
            raise InputError(log.path, f"block {stretch[0].number}", None, "a block with the core's state")
        result.stretches += 1
        for row in _rows(stretch):
            commands = _step(controller, row)
            difference = _difference(commands, controller, row, result.ticks)
            if difference is not None:
                result.difference = difference
                result.versions = (log.versions, laptop_versions())
                return result
            result.ticks += 1
            if on_tick is not None:
                on_tick(controller, row[0])
    return result


def stretches_of(blocks: list[Block]) -> list[list[Block]]:
    """Blocks whose ticks follow each other without a gap."""
    stretches: list[list[Block]] = [blocks[:1]] if blocks else []
    for before, block in pairwise(blocks):
        dt_ms = int(np.maximum(before.ticks[:, 0], 0).sum())
        if block.number == before.number + 1 and block.at_ms == before.at_ms + dt_ms:
            stretches[-1].append(block)
        else:
            stretches.append([block])
    return stretches


def _names_of(log: Log) -> StateNames:
    controller = core_of(log.header, log.boots)
    if log.header.get("state") == fingerprint(controller):
        return StateNames.of(controller)
    if log.names is not None:
        return log.names
    expected = (
        f"a recording of a core with this state: recorded by {log.versions}, here is {laptop_versions()}; "
        "check out the recorded version"
    )
    raise InputError(log.path, "state", None, expected)


def _rows(stretch: list[Block]) -> Iterator[list[int]]:
    for block in stretch:
        yield from block.ticks.tolist()


def _step(controller: Controller, row: list[int]) -> Commands:
    readings = controller.readings
    dt_ms, readings.buttons, readings.missing_bits = row[:3]
    *chamber_pa, readings.manifold_pa, readings.supply_mv = row[CHANNELS:]
    readings.chamber_pa[:] = chamber_pa
    return controller.step(readings, dt_ms)


def _difference(commands: Commands, controller: Controller, row: list[int], tick: int) -> Difference | None:
    came_out = [commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on]
    came_out += [controller.session.state, controller.latch.code]
    recorded = row[_FIRST_COMMAND:CHANNELS]
    if came_out == recorded:
        return None
    pairs = zip(COMMANDS, recorded, came_out, strict=True)
    what, was, now = next(pair for pair in pairs if pair[1] != pair[2])
    return Difference(tick, controller.at_ms, what, was, now)
