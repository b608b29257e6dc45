"""The page on what steps and ticks cost has a row for each size and board, and units on every number."""

import pytest

from host_tools.basics.errors import InputError
from host_tools.benchmark.step.cost import StepCost
from host_tools.benchmark.step.page import PAGE, cost_files
from host_tools.benchmark.tick.count import PARTS, Moment, TickCount
from host_tools.benchmark.tick.kept import refuse_outdated_ticks
from host_tools.benchmark.tick.page import tick_section
from host_tools.catalogue.boards import load_board
from host_tools.virtual.chip_costs import TICK_INSTRUCTIONS


def tick(board: str, middle: int) -> TickCount:
    moment = Moment(dict.fromkeys(PARTS, 20_000), middle)
    return TickCount(load_board(board), moment, moment, p99=300_000, busiest=900_000)


def test_each_size_and_board_has_its_rows_and_the_page_names_its_commit() -> None:
    costs = [StepCost("1 x 1", 1234, 56_789, 1024, 2048), StepCost("2 x 5", 149_000, 294_000, 32_768, 40_960)]
    page = cost_files(costs, tick_section([tick("esp32-devkit", 110_000)]), "abc1234")[PAGE].decode()
    assert "| 1 x 1 | 1,234 | 56,789 | 1.0 KB | 2.0 KB |" in page
    assert "| 2 x 5 | 149,000 | 294,000 | 32.0 KB | 40.0 KB |" in page
    assert "`abc1234`" in page
    assert "| esp32-devkit | idle | 20,000 | 20,000 | 20,000 | 20,000 | 20,000 | 10,000 | 110,000 |" in page
    # 20 samples of 60 us, and 10.3 ns for each instruction.
    assert "| esp32-devkit | 1.2 ms | 2.3 ms | 2.3 ms | 4.3 ms | 10.5 ms, above the aim | 43% |" in page


def test_a_tick_that_costs_something_else_than_the_virtual_chip_spends_is_refused() -> None:
    stands = TICK_INSTRUCTIONS["esp32-devkit"]
    refuse_outdated_ticks([tick("esp32-devkit", round(stands * 1.04))])
    with pytest.raises(InputError, match="TICK_INSTRUCTIONS, esp32-devkit"):
        refuse_outdated_ticks([tick("esp32-devkit", round(stands * 1.1))])
