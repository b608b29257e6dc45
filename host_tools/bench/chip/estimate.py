"""What a chip's costs mean for a board: estimates of a few parts each, and the limits they must keep."""

from dataclasses import dataclass

from host_tools.bench.chip.costs import KB
from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import Chip
from host_tools.flash.contents.application import application_files
from host_tools.flash.contents.packages import cached_package_sources
from host_tools.virtual.chip_costs import tick_instructions

TICK_MOST_MS = 5.0
"""Half of the 10 ms, so that the link and the rest have the other half."""

GAP_MOST_MS = 30.0
"""Half of what the guard allows between two ticks."""

START_MOST_S = 3.0
HEAP_LEAST_KB = 40.0
FIRST_WRITE_MOST_S = 1.5
"""The watchdog bites after this long."""

# Of docs/device.md: the application's heap at its highest. Another board counts as the largest of these.
APPLICATION_KB = {"esp32-devkit": 119.5, "esp32-s3-duo": 132.0, "esp32-c3-manifold": 103.9}
# Of the start, counted on a virtual board: littlefs reads 256 bytes or more at a time.
START_READS, START_READ_BYTES = 5_800, 256
# Each sensor on the bus is selected by one transfer and read by another: seven bytes together.
BUS_TRANSFERS, BUS_BITS = 2, 7 * 9
ADC_SAMPLES = 4
# A pump and a valve change in the same tick.
CHANGES = 2


@dataclass(frozen=True)
class Estimate:
    what: str
    value: float
    unit: str
    limit: float
    is_least: bool
    """The limit is the least that there must be; else the most."""
    parts: str
    """What the estimate is made of."""

    @property
    def is_well(self) -> bool:
        return self.value >= self.limit if self.is_least else self.value <= self.limit


def estimates(chip: Chip, board: Board) -> list[Estimate]:
    return [_tick(chip, board), _gap(chip, board), _start(chip, board), _heap(chip, board)]


def first_write(first_write_us: float) -> Estimate:
    """Not a cost of the chip file: it depends on the size of the file system, too."""
    return Estimate(
        "first write", first_write_us / 1e6, "s", FIRST_WRITE_MOST_S, False, "measured, on this flash"
    )


def needs_adc(board: Board) -> bool:
    return board.table["sensors"]["driver"] == "adc" or "battery" in board.table


def _tick(chip: Chip, board: Board) -> Estimate:
    work_ms = tick_instructions(board) * chip["instruction_ns"] / 1e6
    sensors_ms = _sensors_us(chip, board) / 1000
    outputs_ms = (CHANGES * chip["pwm_change_us"] + chip["callback_us"]) / 1000
    total_ms = work_ms + sensors_ms + outputs_ms
    parts = (
        f"core, recorder and drivers {work_ms:.2f}, bus and samples {sensors_ms:.2f}, "
        f"outputs and callback {outputs_ms:.2f}; {total_ms * 10:.0f} % of 10 ms"
    )
    return Estimate("tick", total_ms, "ms", TICK_MOST_MS, False, parts)


def _sensors_us(chip: Chip, board: Board) -> float:
    sensors = board.boots.sensors_count
    if board.table["sensors"]["driver"] == "adc":
        return sensors * ADC_SAMPLES * chip["adc_sample_us"]
    return sensors * (BUS_TRANSFERS * chip["soft_i2c_transaction_us"] + BUS_BITS * chip["soft_i2c_bit_us"])


def _gap(chip: Chip, board: Board) -> Estimate:
    """While garbage is collected no callback runs; the tick after it takes its time, too."""
    tick_ms = _tick(chip, board).value
    used_kb = _application_kb(board)
    collect_ms = used_kb * chip["collect_kb_us"] / 1000
    parts = f"10 between two ticks, {collect_ms:.1f} for a collection with {used_kb:.0f} KB in use, a tick"
    return Estimate("longest gap", 10 + collect_ms + tick_ms, "ms", GAP_MOST_MS, False, parts)


def _start(chip: Chip, board: Board) -> Estimate:
    files = application_files(board, cached_package_sources(board.table))
    sizes = [len(content) for name, content in files.items() if name.endswith(".mpy")]
    loads_s = (len(sizes) * chip["import_module_us"] + sum(sizes) / KB * chip["import_kb_us"]) / 1e6
    read_us = chip["flash_read_us"] + START_READ_BYTES / KB * chip["flash_read_kb_us"]
    reads_s = START_READS * read_us / 1e6
    parts = (
        f"{len(sizes)} modules and {sum(sizes) / KB:.0f} KB {loads_s:.2f}, "
        f"{START_READS:,} reads {reads_s:.2f}; without what they do when they are loaded"
    )
    return Estimate("start", loads_s + reads_s, "s", START_MOST_S, False, parts)


def _heap(chip: Chip, board: Board) -> Estimate:
    free_kb, used_kb = chip["heap_bytes"] / KB, _application_kb(board)
    parts = f"{free_kb:.0f} after boot, {used_kb:.0f} for the application at its highest"
    return Estimate("heap left", free_kb - used_kb, "KB", HEAP_LEAST_KB, True, parts)


def _application_kb(board: Board) -> float:
    return APPLICATION_KB.get(board.name, max(APPLICATION_KB.values()))
