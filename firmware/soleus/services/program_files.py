"""The programs on this board's flash; borrowed when one is loaded or all are listed."""

import json
import os

from soleus.core.errors import SettingError
from soleus.core.program import Program

from .borrowed import borrow

PROGRAMS_FOLDER = "programs"


def program_ids() -> list:
    try:
        names = os.listdir(PROGRAMS_FOLDER)
    except OSError:
        return []
    return sorted([name[:-5] for name in names if name.endswith(".json")])


def read_program(program_id: object) -> Program:
    if program_id not in program_ids():
        raise SettingError("program", program_id, "one of " + ", ".join(program_ids()))
    try:
        with open("{}/{}.json".format(PROGRAMS_FOLDER, program_id)) as file:
            return borrow("program", "core").Program.from_table(json.load(file))
    except ValueError:
        raise SettingError("program", program_id, "a file that is JSON")
