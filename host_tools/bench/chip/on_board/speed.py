# mypy: ignore-errors
"""Work of a known size, as the control core does it: whole numbers, attributes, lists, calls of methods."""

import machine
from helpers import median_us, say

PASSES = 500
# What `work(PASSES)` costs MicroPython's unix port, without starting it; counted by Valgrind:
# `python -m host_tools.benchmark.step.work`.
UNIX_INSTRUCTIONS = 9_379_650


class Chamber:
    def __init__(self, index: int) -> None:
        self.index = index
        self.pressure_pa = 1000 * index
        self.target_pa = 8000
        self.trend_pa = 0
        self.is_filling = False

    def step(self, flow_pa: int) -> int:
        error_pa = self.target_pa - self.pressure_pa
        self.trend_pa = (self.trend_pa * 7 + flow_pa) // 8
        if error_pa > 0:
            self.pressure_pa += min(error_pa, flow_pa) + (self.trend_pa >> 4)
            self.is_filling = True
        else:
            self.pressure_pa -= self.pressure_pa // 4
            self.is_filling = False
        return self.pressure_pa


def work(passes: int) -> int:
    chambers = [Chamber(index) for index in range(4)]
    readings = [0] * 4
    bits = 0
    for count in range(passes):
        for index in range(4):
            chamber = chambers[index]
            readings[index] = chamber.step(300 + 7 * (count & 31))
            if chamber.is_filling:
                bits |= 1 << index
            else:
                bits &= ~(1 << index)
    return bits + sum(readings)


def measure(clock_hz: int) -> None:
    machine.freq(clock_hz)
    say("clock_hz", machine.freq())
    work(1)
    say("instruction_ns", 1000 * median_us(5, work, PASSES) / UNIX_INSTRUCTIONS)
