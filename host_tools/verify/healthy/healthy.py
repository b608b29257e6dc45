"""Half-hour sessions on machines drawn at random from each plant file: nothing may go wrong."""

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.plant.files.spec import plant_names
from host_tools.verify.healthy.many import Case, judge_all
from host_tools.verify.healthy.verdict import Verdict

PROGRAM = "long-run"
MINUTES = 30
# The draws take these in turn: the program's range, from gentle to firm.
PRESSURES_MMHG = (60, 70, 80, 90)
DRAWS = 50


def judge_healthy(draws: int = DRAWS) -> dict[Case, Verdict]:
    return judge_all(healthy_cases(draws), "healthy sessions")


def healthy_cases(draws: int) -> list[Case]:
    return [
        Case(PROGRAM, DEFAULT_BOARD, plant, MINUTES, PRESSURES_MMHG[seed % len(PRESSURES_MMHG)], seed)
        for plant in plant_names()
        for seed in range(draws)
    ]
