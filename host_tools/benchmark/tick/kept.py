"""The virtual chip spends for each tick what was counted here: `make benchmark` compares."""

from collections.abc import Sequence
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.benchmark.tick.count import TickCount
from host_tools.virtual import chip_costs

_DIFFERS = 0.05


def refuse_outdated_ticks(counts: Sequence[TickCount]) -> None:
    for count in counts:
        stands, counted = chip_costs.TICK_INSTRUCTIONS[count.board.name], count.middle.whole
        if abs(counted - stands) > _DIFFERS * counted:
            where = f"TICK_INSTRUCTIONS, {count.board.name}"
            raise InputError(
                Path(chip_costs.__file__), where, stands, f"{counted:_}, as Valgrind counts it now"
            )
