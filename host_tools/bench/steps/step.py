"""What a step is: lines that it declares, and a run that fills them."""

from dataclasses import dataclass, field
from typing import Protocol

from host_tools.bench.measure.bench import Bench
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from soleus.core.basics.boots import Boots


@dataclass
class Choice:
    """What a person chose: which chambers, how many cycles."""

    chambers: list[int]
    cycles: int = 100
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, key: str) -> Line:
        return self.lines[key]


class Step(Protocol):
    name: str
    title: str
    # What a person has to do at a real machine before this step, if anything.
    person: str

    def lines(self, limits: Limits, choice: Choice) -> list[Line]: ...

    def run(self, bench: Bench, choice: Choice) -> None: ...


NO_SEAL = "these valves can't close a chamber off: three-way"
NO_SENSOR = "one sensor on the manifold sees no chamber that is not joined to it"


def why_not(boots: Boots, needs_seal: bool = False) -> str:
    """Why a line that measures chambers by themselves can't be had with these boots; empty if it can."""
    if boots.has_manifold_sensor_only:
        return NO_SENSOR
    return NO_SEAL if needs_seal and boots.is_three_way else ""


def each(
    step: str, what: str, unit: str, least: float | None, most: float | None, source: str,
    limits: Limits, choice: Choice, why_left_out: str = "",
) -> list[Line]:  # fmt: skip
    """One line for each chamber under test."""
    names = limits.board.boots.names
    lines = [
        Line(f"{step}.{names[i]}", f"{what} {names[i]}", unit, least, most, source) for i in choice.chambers
    ]
    if why_left_out:
        for line in lines:
            line.leave_out(why_left_out)
    return lines
