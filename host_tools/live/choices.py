"""What a person may choose for a new session on these boots."""

from typing import Any

from host_tools.basics.errors import InputError
from host_tools.catalogue.programs import load_program, program_names, refuse_unfit
from host_tools.plant.files.spec import plant_names
from soleus.core.basics.boots import Boots


def choices_for(boots: Boots) -> dict[str, Any]:
    programs = []
    for name in program_names():
        program = load_program(name)
        try:
            refuse_unfit(name, program, boots)
        except InputError:
            continue
        minutes, pressure = program.minutes, program.pressure_mmhg
        programs.append(
            {
                "name": name,
                "title": program.title,
                "purpose": program.purpose,
                "minutes": [minutes.least, minutes.start, minutes.most],
                "pressure_mmhg": [pressure.least, pressure.start, pressure.most],
            }
        )
    return {"programs": programs, "plants": plant_names()}
