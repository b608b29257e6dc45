"""The page on what a step costs has a row for each size, and units on every number."""

from host_tools.benchmark.step.cost import StepCost
from host_tools.benchmark.step.page import PAGE, cost_files


def test_each_size_has_its_row_and_the_page_names_its_commit() -> None:
    costs = [StepCost("1 x 1", 1234, 56_789, 1024, 2048), StepCost("2 x 5", 149_000, 294_000, 32_768, 40_960)]
    page = cost_files(costs, "abc1234")[PAGE].decode()
    assert "| 1 x 1 | 1,234 | 56,789 | 1.0 KB | 2.0 KB |" in page
    assert "| 2 x 5 | 149,000 | 294,000 | 32.0 KB | 40.0 KB |" in page
    assert "`abc1234`" in page
