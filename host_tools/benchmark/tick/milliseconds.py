"""What a tick's instructions, bus and samples take on a board's chip, by the chip's file."""

from itertools import pairwise
from typing import Any

from host_tools.bench.chip.costs import BITS_A_BYTE
from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import Chip
from soleus.drivers.sensing.parts import has_turns

SAMPLES_A_SENSOR = 4
# Address and content.
SELECT_BYTES, READ_BYTES, START_BYTES = 2, 4, 4
CHANNELS_A_MUX = 8


def bus_and_samples_ms(board: Board, chip: Chip) -> float:
    sensors = board.table["sensors"]
    samples = 1 if "battery" in board.table else 0
    bus_us = 0.0
    if sensors["driver"] == "adc":
        samples += SAMPLES_A_SENSOR * len(sensors["pins"])
    else:
        transfers = _transfers(sensors)
        bits = BITS_A_BYTE * sum(transfers)
        bus_us = bits * chip["soft_i2c_bit_us"] + len(transfers) * chip["soft_i2c_transaction_us"]
    return (samples * chip["adc_sample_us"] + bus_us) / 1000


def instructions_ms(instructions: int, chip: Chip) -> float:
    return instructions * chip["instruction_ns"] / 1e6


def _transfers(sensors: dict[str, Any]) -> list[int]:
    """Bytes of each, of digital sensors behind multiplexers: all of a turn joined for the start, then each
    alone. Of two turns, the longer one."""
    numbers = [channel // CHANNELS_A_MUX for channel in sensors["channels"]]
    mux_count = max(numbers) + 1
    if has_turns(sensors):
        numbers = numbers[len(numbers) // 2 :]
    # Where one multiplexer has all that were started, no other has to be parted from it.
    changes = (
        sum(before != after for before, after in pairwise([-1, *numbers])) if len(set(numbers)) > 1 else 0
    )
    selects = mux_count + changes * (mux_count - 1) + len(numbers)
    return [SELECT_BYTES] * selects + [READ_BYTES] * len(numbers) + [START_BYTES]
