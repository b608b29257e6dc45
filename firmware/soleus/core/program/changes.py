"""What a person changes of a program for one session: a zone boosted or left out, one leg, the gentlest.

Changed before the program is fitted to the boots, which refuse what they can't do. Loaded for that moment.
"""

from soleus.core.basics.boots import ZONES, Boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.program import Program
from soleus.core.program.words import LEG_MODES, LEGS_ALTERNATING, LEGS_TOGETHER, Span

BOOST_MMHG = 10
# Softer goes down to here (`SOFTEST_PA`).
PRESSURE_LEAST_MMHG = 20
_ONE_LEG = ("left", "right")
# `left`: the minutes that were left of a session, and `part_of` its log.
KEYS = ("boost", "without", "legs", "gentle", "left", "part_of")
_LEFT_LEAST_MINUTES = 3


def change(program: Program, changes: object, boots: Boots) -> None:
    """A `SettingError` names what can't be changed so; then the program is of no use any more."""
    if not isinstance(changes, dict):
        raise SettingError("changes", changes, "a table of " + ", ".join(KEYS))
    for key in changes:
        if key not in KEYS:
            raise SettingError(key, changes[key], "one of " + ", ".join(KEYS))
    if "without" in changes:
        _leave_out(program.blocks, changes["without"], boots)
    if "legs" in changes:
        _one_leg(program.blocks, changes["legs"], boots)
    if "boost" in changes:
        _boost(program, changes["boost"], boots)
    if changes.get("gentle"):
        program.minutes = _only(program.minutes.least)
        program.pressure_mmhg = _only(program.pressure_mmhg.least)
        program.level_pa = _only(program.level_pa.least)
    if "left" in changes:
        _go_on(program, changes["left"])


def _leave_out(blocks: list, zone: object, boots: Boots) -> None:
    bit = 1 << _zone("without", zone, boots)
    for block in blocks:
        block.zone_bits &= ~bit
        if not any(block.zone_bits >> other & 1 for other in boots.zone_of):
            raise SettingError("without", zone, "a zone that leaves another one; this program has no other")


def _one_leg(blocks: list, legs: object, boots: Boots) -> None:
    if legs not in _ONE_LEG:
        raise SettingError("legs", legs, "left or right")
    if boots.legs == 1:
        raise SettingError("legs", legs, "this board has one leg")
    for block in blocks:
        if block.legs not in (LEGS_TOGETHER, LEGS_ALTERNATING):
            raise SettingError("legs", legs, "this program is for the {} leg".format(LEG_MODES[block.legs]))
        block.legs = LEG_MODES.index(legs)


def _boost(program: Program, zone: object, boots: Boots) -> None:
    """The boosted zone stays within the program's range, so the others stay a boost below its top."""
    index = _zone("boost", zone, boots)
    if boots.is_three_way:
        raise SettingError("boost", zone, "no boost: three-way valves give all chambers one pressure")
    if not any(block.zone_bits >> index & 1 for block in program.blocks):
        raise SettingError("boost", zone, "a zone that this session fills")
    mmhg = program.pressure_mmhg
    most = mmhg.most - BOOST_MMHG
    if most < mmhg.least:
        expected = "no boost: from {} to {} mmHg is no room for {} more".format(
            mmhg.least, mmhg.most, BOOST_MMHG
        )
        raise SettingError("boost", zone, expected)
    for block in program.blocks:
        block.boost_pa[index] += pa_from_mmhg(BOOST_MMHG)
    program.pressure_mmhg = Span(mmhg.least, min(mmhg.start, most), most)
    level = program.level_pa
    program.level_pa = Span(level.least, min(level.start, pa_from_mmhg(most)), pa_from_mmhg(most))


def _go_on(program: Program, minutes: object) -> None:
    """Shorter than the program allows, and as soft as a person had made it."""
    most = program.minutes.most
    if type(minutes) is not int or not _LEFT_LEAST_MINUTES <= minutes <= most:
        raise SettingError("left", minutes, "{} to {} minutes".format(_LEFT_LEAST_MINUTES, most))
    program.minutes = _only(minutes)
    mmhg = program.pressure_mmhg
    program.pressure_mmhg = Span(PRESSURE_LEAST_MMHG, mmhg.start, mmhg.most)


def _zone(key: str, zone: object, boots: Boots) -> int:
    names = [name for index, name in enumerate(ZONES) if index in boots.zone_of]
    if zone not in names:
        raise SettingError(key, zone, "one of " + ", ".join(names))
    return ZONES.index(zone)


def _only(value: int) -> Span:
    return Span(value, value, value)
