"""Gets a controller ready for a session of a program. Needed only for that moment, so a chip unloads it."""

from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import PRESENCE_AFTER_MINUTES, PRESENCE_LEFT_MINUTES, PRESENCE_MINUTES
from soleus.core.controller import Controller
from soleus.core.program.fit import settle
from soleus.core.program.layout import lay_out
from soleus.core.program.program import Program
from soleus.core.session.session import DONE, IDLE


def make_ready(controller: Controller, program: Program, minutes: int = 0, pressure_mmhg: int = 0) -> None:
    """0 takes the program's own start value. A `SettingError` changes nothing."""
    session = controller.session
    if session.state != IDLE and session.state != DONE:
        raise SettingError("program", program.id, "a machine at rest")
    minutes, level_pa, most_pa = settle(program, controller.boots, minutes, pressure_mmhg)
    controller.sequencer.timeline = lay_out(program, controller.boots, minutes)
    session.load(minutes * 60_000, level_pa, most_pa, presence_minutes(program, minutes) * 60_000)


def presence_minutes(program: Program, minutes: int) -> int:
    """How long a person may press nothing in this session; 0: as long as they like.

    Nobody sleeps in a long session, and nobody at night: there it is asked in the shortest one, too.
    """
    asked = program.presence_check_minutes
    if not asked and (minutes > PRESENCE_AFTER_MINUTES or program.need == "night"):
        asked = PRESENCE_MINUTES
    return min(asked, max(minutes - PRESENCE_LEFT_MINUTES, PRESENCE_LEFT_MINUTES + 1))
