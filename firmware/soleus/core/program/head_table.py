"""Reads all of a program's table but its blocks: a chip has no room for both at once."""

from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import SESSION_MOST_MINUTES, TARGET_MOST_PA
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg
from soleus.core.program.program import Program
from soleus.core.program.reading import read_span, refuse_unknown, whole
from soleus.core.program.words import Span

ID_MOST_CHARACTERS = 32
_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
PRESSURE_LEAST_MMHG = 20

_KEYS = ("id", "title", "purpose", "when", "need", "mode", "source", "words") + (
    ("minutes", "pressure_mmhg", "sign_of_life_minutes", "blocks")
)


def read_head(table: object) -> Program:
    """A program without its blocks."""
    if not isinstance(table, dict):
        raise SettingError("program", table, "a table of keys")
    program = Program()
    _read_head(program, table)
    return program


def _read_head(program: Program, table: dict) -> None:
    """All but the blocks."""
    refuse_unknown("", table, _KEYS)
    program.id = _id(table.get("id"))
    program.title = _text("title", table.get("title", ""))
    program.purpose = _text("purpose", table.get("purpose", ""))
    program.when = _text("when", table.get("when", ""))
    program.need = _text("need", table.get("need", ""))
    program.mode = _text("mode", table.get("mode", ""))
    program.source = _text("source", table.get("source", ""))
    program.words = _words(table.get("words", []))
    program.minutes = read_span("minutes", table.get("minutes"), 5, SESSION_MOST_MINUTES)
    most_mmhg = mmhg_from_pa(TARGET_MOST_PA)
    pressure = read_span("pressure_mmhg", table.get("pressure_mmhg"), PRESSURE_LEAST_MMHG, most_mmhg)
    program.pressure_mmhg = pressure
    program.level_pa = Span(
        pa_from_mmhg(pressure.least), pa_from_mmhg(pressure.start), pa_from_mmhg(pressure.most)
    )
    program.presence_check_minutes = whole(
        "sign_of_life_minutes", table.get("sign_of_life_minutes", 0), 0, SESSION_MOST_MINUTES
    )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingError(key, value, "text")
    return value


def _id(value: object) -> str:
    """It becomes a file's name on the device, so it may not lead anywhere else."""
    if not isinstance(value, str) or not 1 <= len(value) <= ID_MOST_CHARACTERS:
        raise SettingError("id", value, "a short name of at most {} characters".format(ID_MOST_CHARACTERS))
    for character in value:
        if character not in _ID_CHARACTERS:
            raise SettingError("id", value, "small letters, digits and hyphens, such as my-evening")
    return value


def _words(value: object) -> list:
    if not isinstance(value, (list, tuple)) or not all(isinstance(word, str) for word in value):
        raise SettingError("words", value, "a list of words to find the program by")
    return list(value)
