"""docs/cost.md: what a chip pays for one step of the core, and for a whole tick."""

from collections.abc import Sequence

from host_tools.benchmark.step.cost import StepCost
from host_tools.output.page import Files, table

PAGE = "docs/cost.md"

_TEXT = """\
# What one step costs

`make benchmark` makes this page; its figures are of commit `{commit}`.

Instructions on MicroPython's unix port, counted by Valgrind, so they are the same on every run: of a tick in
the middle of a fill, and of the busiest tick in soft start, release and the second cycle. The core is
compiled to `.mpy`; heap is counted in a chip's words. The goal for 2 x 5 is 150,000 instructions, 300,000 in
the busiest tick.

{costs}
The hits of MicroPython's lookup cache depend on the names in the whole core: one more or less changes these
figures by a percent or two.
"""


def cost_files(costs: Sequence[StepCost], of_ticks: str, commit: str) -> Files:
    headings = (
        "legs x chambers",
        "middle of a fill",
        "busiest tick",
        "heap after import",
        "with a controller",
    )
    text = _TEXT.format(commit=commit, costs=table(headings, [_row(cost) for cost in costs]))
    return {PAGE: (text + of_ticks).encode()}


def _row(cost: StepCost) -> tuple[str, ...]:
    return (
        cost.size,
        f"{cost.middle_instructions:,}",
        f"{cost.worst_instructions:,}",
        f"{cost.import_bytes / 1024:.1f} KB",
        f"{cost.whole_bytes / 1024:.1f} KB",
    )
