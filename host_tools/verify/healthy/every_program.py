"""Every program on every board that it fits, on every plant."""

from collections.abc import Sequence
from dataclasses import dataclass

from host_tools.catalogue.boards import board_names, load_board
from host_tools.catalogue.programs import load_program, program_names
from host_tools.plant.files.spec import plant_names
from host_tools.verify.healthy.many import Case, judge_all
from host_tools.verify.healthy.verdict import Verdict
from soleus.core.basics.errors import SettingError
from soleus.core.program.fit import refuse_unfit


@dataclass(frozen=True)
class LibraryVerdicts:
    verdicts: dict[Case, Verdict]

    def of(self, program: str, board: str) -> dict[str, Verdict]:
        """The verdicts by plant."""
        found = {c.plant: v for c, v in self.verdicts.items() if (c.program, c.board) == (program, board)}
        return dict(sorted(found.items()))


def judge_library(programs: Sequence[str] | None = None) -> LibraryVerdicts:
    cases = library_cases(programs or program_names())
    return LibraryVerdicts(judge_all(cases, "every program on every board and plant"))


def library_cases(programs: Sequence[str]) -> list[Case]:
    return [
        Case(program, board, plant)
        for program in programs
        for board in board_names()
        if not refusal(program, board)
        for plant in plant_names()
    ]


def refusal(program: str, board: str) -> str:
    """The core's own message why this board can't run the program; empty if it can."""
    try:
        refuse_unfit(load_program(program), load_board(board).boots)
    except SettingError as error:
        return str(error)
    return ""


def first_fitting_board(program: str) -> str:
    return next(board for board in board_names() if not refusal(program, board))
