"""Checks a program against a pair of boots: once, before it is laid out."""

from soleus.core.basics.boots import ZONES, Boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import TARGET_LEAST_PA
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg
from soleus.core.program.block import Block
from soleus.core.program.program import Program
from soleus.core.program.words import (
    LEG_MODES,
    LEG_RIGHT,
    LEGS_ALTERNATING,
    NEEDS_SEALED_CHAMBERS,
    PATTERNS,
    Span,
)


def refuse_unfit(program: Program, boots: Boots) -> None:
    """A program that these boots can't run is refused with the reason, never bent."""
    most_pa = program.level_most_pa(boots)
    if program.level_pa.start > most_pa:
        expected = "this board allows up to {} mmHg, boosts included, so {} here".format(
            mmhg_from_pa(boots.target_most_pa), mmhg_from_pa(most_pa)
        )
        raise SettingError("pressure_mmhg.start", program.pressure_mmhg.start, expected)
    for number, block in enumerate(program.blocks):
        _refuse_unfit_block("blocks[{}]".format(number), block, program.level_pa.least, boots)


def settle(program: Program, boots: Boots, minutes: int, pressure_mmhg: int) -> tuple:
    """Minutes, level and the most that the level may become; 0 takes the program's own start value."""
    refuse_unfit(program, boots)
    minutes = _within("minutes", minutes, program.minutes)
    pressure_mmhg = _within("pressure_mmhg", pressure_mmhg, program.pressure_mmhg)
    level_pa = pa_from_mmhg(pressure_mmhg)
    most_pa = program.level_most_pa(boots)
    if level_pa > most_pa:
        expected = "at most {} mmHg on this board".format(mmhg_from_pa(most_pa))
        raise SettingError("pressure_mmhg", pressure_mmhg, expected)
    return minutes, level_pa, most_pa


def _within(key: str, value: int, span: Span) -> int:
    if value == 0:
        return span.start
    if type(value) is not int or not span.least <= value <= span.most:
        raise SettingError(key, value, "a whole number from {} to {}".format(span.least, span.most))
    return value


def _refuse_unfit_block(key: str, block: Block, level_least_pa: int, boots: Boots) -> None:
    if boots.legs == 1 and block.legs in (LEGS_ALTERNATING, LEG_RIGHT):
        raise SettingError(key + ".legs", LEG_MODES[block.legs], "this board has one leg: together or left")
    if not any(block.zone_bits >> zone & 1 for zone in boots.zone_of):
        names = [ZONES[zone] for zone in range(len(ZONES)) if block.zone_bits >> zone & 1]
        raise SettingError(key + ".zones", names, "this board has no chamber there")
    if boots.is_three_way:
        _refuse_on_three_way(key, block)
    lowest_pa = level_least_pa + min(block.offsets_pa(boots))
    # A pascal a step is lost to rounding.
    if lowest_pa < TARGET_LEAST_PA - boots.chambers_per_leg:
        name, step_pa = (
            ("step_mmhg", block.step_pa) if block.step_pa else ("zone_step_mmhg", block.zone_step_pa)
        )
        expected = "steps that leave the last chamber at {} mmHg or more; here they take away {}".format(
            mmhg_from_pa(TARGET_LEAST_PA), mmhg_from_pa(level_least_pa - lowest_pa)
        )
        raise SettingError(key + "." + name, mmhg_from_pa(step_pa), expected)


def _refuse_on_three_way(key: str, block: Block) -> None:
    why = "this board's three-way valves give all filled chambers one pressure"
    if block.pattern in NEEDS_SEALED_CHAMBERS:
        raise SettingError(key + ".pattern", PATTERNS[block.pattern], why + ": sequential, wave or uniform")
    if block.zone_step_pa:
        raise SettingError(key + ".zone_step_mmhg", mmhg_from_pa(block.zone_step_pa), why + ": 0")
    if any(block.boost_pa):
        raise SettingError(
            key + ".boost_mmhg", [mmhg_from_pa(pa) for pa in block.boost_pa], why + ": no boost"
        )
