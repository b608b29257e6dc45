"""Notes what a virtual board did and what happened to it, for tests and for `state` on the command line."""

import time
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from host_tools.virtual.hardware import Hardware
from host_tools.virtual.processor.frames import FlashWork

Entry = TypeVar("Entry")


class Moment(NamedTuple):
    """One beat: what the pins commanded at its end, and the highest pressure in the boots."""

    at_ms: int
    frame: tuple[int, ...]
    fill_bits: int
    seal_bits: int
    pump_permille: int
    gate_on: int
    highest_mmhg: float
    # Number of control ticks before this beat.
    ticks_count: int


@dataclass(frozen=True, slots=True)
class Happening:
    at_ms: int
    wall_s: float
    what: str
    highest_mmhg: float


class Work(NamedTuple):
    """Something long that the chip did: a module loaded, or bytes to or from the flash."""

    at_ms: int
    what: str
    is_energised: bool
    highest_mmhg: float


# For people: a line a beat would fill a laptop overnight.
PERSONS_MOMENTS = 1000


class Journal:
    """With `most`, it keeps at least so many of the latest entries of each kind, and never twice as many."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self.ticks_count = 0
        self.flash_work: list[Work] = []
        self.imports: list[Work] = []
        self.history: list[Moment] = []
        self.happenings: list[Happening] = []
        # How long each control tick took, by the laptop's clock.
        self.tick_us: list[int] = []

    def note(self, what: str, hardware: Hardware) -> None:
        happening = Happening(hardware.now_ms, time.monotonic(), what, hardware.highest_mmhg())
        self._add(self.happenings, happening)

    def note_flash(self, what: FlashWork, hardware: Hardware) -> None:
        self._add(self.flash_work, _work(what.name.lower(), hardware))

    def note_import(self, module: str, hardware: Hardware) -> None:
        self._add(self.imports, _work(module, hardware))

    def note_tick(self, took_us: int) -> None:
        self.ticks_count += 1
        self._add(self.tick_us, took_us)

    def flash_writes(self) -> list[Work]:
        return [work for work in self.flash_work if work.what != "read"]

    def note_beat(self, hardware: Hardware) -> None:
        commands = hardware.commands
        moment = Moment(
            hardware.now_ms,
            tuple(hardware.frame),
            commands.fill_bits,
            commands.seal_bits,
            commands.pump_permille,
            commands.gate_on,
            hardware.highest_mmhg(),
            self.ticks_count,
        )
        self._add(self.history, moment)

    def energised_ms(self) -> int:
        """When a valve or the pump last had power, as far back as is kept; 0 if never."""
        for moment in reversed(self.history):
            if moment.fill_bits or moment.seal_bits or moment.pump_permille:
                return moment.at_ms
        return 0

    def _add(self, entries: list[Entry], entry: Entry) -> None:
        entries.append(entry)
        if self._most and len(entries) >= 2 * self._most:
            del entries[: -self._most]


def _work(what: str, hardware: Hardware) -> Work:
    is_energised = not hardware.wiring.is_all_vent()
    return Work(hardware.now_ms, what, is_energised, hardware.highest_mmhg())
