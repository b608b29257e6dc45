"""One run: what was found, beside the chip file, and what follows for each board."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from host_tools.bench.chip.board import Measured
from host_tools.bench.chip.estimate import Estimate, estimates, first_write, needs_adc
from host_tools.bench.chip.free_pins import FREE_PINS
from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import COSTS, Chip

NO_CALIBRATION = (
    "no ADC calibration in this chip's eFuse: ADC.read_uv() fails, so its analog sensors can't be read"
)


@dataclass(frozen=True)
class Line:
    """One cost: measured, or why it wasn't."""

    name: str
    what: str
    measured: float | None
    file_value: float
    file_seen: str
    why_not: str

    @property
    def ratio(self) -> float | None:
        return None if self.measured is None or not self.file_value else self.measured / self.file_value


@dataclass(frozen=True)
class Verdict:
    port: str
    measured: Measured
    old: Chip
    new: Chip
    lines: list[Line]
    boards: dict[str, list[Estimate]]
    also: dict[str, str]
    """What else was seen, in words: no cost of a chip file."""
    falls_short: list[str]


def judge(
    port: str, measured: Measured, costs: dict[str, float], old: Chip, new: Chip, boards: list[Board]
) -> Verdict:
    lines = [
        Line(
            name,
            what,
            costs.get(name),
            old[name],
            old.costs[name].seen,
            measured.failed.get(name, ""),
        )
        for name, what in COSTS.items()
    ]
    by_board = {board.name: _of_board(new, board, measured) for board in boards}
    return Verdict(
        port=port,
        measured=measured,
        old=old,
        new=new,
        lines=lines,
        boards=by_board,
        also=_also(measured),
        falls_short=[*_beyond(by_board), *_unreadable(boards, measured)],
    )


def _of_board(chip: Chip, board: Board, measured: Measured) -> list[Estimate]:
    first_us = measured.results.get("first_write_us")
    return estimates(chip, board) + ([first_write(first_us)] if first_us is not None else [])


def _beyond(by_board: dict[str, list[Estimate]]) -> list[str]:
    return [
        f"{name}: {one.what} {one.value:.3g} {one.unit}, limit {one.limit:g}"
        for name, found in by_board.items()
        for one in found
        if not one.is_well
    ]


def _unreadable(boards: list[Board], measured: Measured) -> list[str]:
    if measured.results.get("is_adc_calibrated") is not False:
        return []
    return [f"{board.name}: {NO_CALIBRATION}" for board in boards if needs_adc(board)]


def _also(measured: Measured) -> dict[str, str]:
    said = measured.results
    words: dict[str, Callable[[], str]] = {
        "clock found": lambda: f"{said['found_hz'] // 1_000_000} MHz",
        "clock measured at": lambda: f"{said['clock_hz'] // 1_000_000} MHz",
        "first write after the start": lambda: f"{said['first_write_us'] / 1000:.1f} ms",
        "second write": lambda: f"{said['second_write_us'] / 1000:.1f} ms",
        "import from the flash": lambda: (
            f"{said['flash_import_us'] / 1000:.1f} ms for {said['flash_import_bytes'] / 1024:.1f} KB"
        ),
        "timer of 1 ms": lambda: (
            f"{said['callback_count']} callbacks in {said['callback_seconds_us'][1] / 1e6:.2f} s, "
            f"{said['callback_gap_most_us'] / 1000:.1f} ms apart at most"
        ),
        "20 bytes by I2C to nobody": lambda: (
            f"{said['i2c_20_bytes_us']} us; 1 byte {said['i2c_fast_us']} us: both end after the address"
        ),
    }
    found = {}
    for name, say in words.items():
        try:
            found[name] = say()
        except KeyError:
            # Its piece failed; the table of costs says why.
            continue
    return found


def to_json(verdict: Verdict) -> str:
    about = verdict.measured.about
    table = {
        "port": verdict.port,
        "platform": about.platform,
        "machine": about.machine,
        "micropython": about.version,
        "is_chip": verdict.measured.is_chip,
        "chip": verdict.old.name,
        "clock_hz": verdict.old.clock_hz,
        "pins": vars(FREE_PINS[verdict.old.kind]),
        "costs": {
            line.name: {
                "measured": line.measured,
                "file": line.file_value,
                "file_seen": line.file_seen,
                "ratio": line.ratio,
                "why_not": line.why_not,
            }
            for line in verdict.lines
        },
        "also": verdict.also,
        "results": verdict.measured.results,
        "boards": {
            name: [
                {
                    "what": one.what,
                    "value": one.value,
                    "unit": one.unit,
                    "limit": one.limit,
                    "is_well": one.is_well,
                    "parts": one.parts,
                }
                for one in found
            ]
            for name, found in verdict.boards.items()
        },
        "falls_short": verdict.falls_short,
    }
    return json.dumps(table, indent=1)
