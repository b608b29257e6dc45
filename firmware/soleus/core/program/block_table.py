"""Reads the blocks of a program's table."""

from soleus.core.basics.boots import ZONES
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.block import Block
from soleus.core.program.program import Program
from soleus.core.program.reading import choice, read_span, refuse_unknown, whole
from soleus.core.program.words import GRADIENT, LEG_MODES, PATTERNS, Span

BLOCKS_MOST = 4
_BLOCK_KEYS = (
    "pattern",
    "zones",
    "legs",
    "boost_mmhg",
    "ramp_s",
    "hold_s",
    "release_s",
    "rest_s",
    "cycle_s",
) + ("share_percent", "step_mmhg", "zone_step_mmhg", "pulses", "pulse_ms", "relax_percent")
_BOOST_MOST_MMHG = 20


def read_blocks(program: Program, table: dict) -> None:
    block_tables = _block_tables(table.get("blocks"))
    program.blocks = [Block() for _ in block_tables]
    for number, block in enumerate(program.blocks):
        _read_block(block, "blocks[{}]".format(number), block_tables[number])
    _refuse_wrong_shares(program.blocks)


def _read_block(block: Block, key: str, table: dict) -> None:
    refuse_unknown(key + ".", table, _BLOCK_KEYS)
    block.pattern = choice(key + ".pattern", table.get("pattern"), PATTERNS)
    block.legs = choice(key + ".legs", table.get("legs", LEG_MODES[0]), LEG_MODES)
    block.zone_bits = _zone_bits(key + ".zones", table.get("zones", ZONES))
    block.boost_pa = _boosts(key + ".boost_mmhg", table.get("boost_mmhg", {}))
    # Each number: the least and the most that make sense, and what goes without saying.
    block.ramp_ms = _span_ms(key + ".ramp_s", table.get("ramp_s", 0), 0, 30)
    block.hold_ms = _span_ms(key + ".hold_s", table.get("hold_s", 4), 0, 60)
    block.release_ms = _span_ms(key + ".release_s", table.get("release_s", 4), 2, 30)
    block.rest_ms = _span_ms(key + ".rest_s", table.get("rest_s", 2), 0, 120)
    block.cycle_ms = _span_ms(key + ".cycle_s", table.get("cycle_s", 0), 0, 180)
    block.share_percent = whole(key + ".share_percent", table.get("share_percent", 100), 1, 100)
    block.step_pa = pa_from_mmhg(whole(key + ".step_mmhg", table.get("step_mmhg", 0), 0, 20))
    block.zone_step_pa = pa_from_mmhg(whole(key + ".zone_step_mmhg", table.get("zone_step_mmhg", 0), 0, 30))
    block.pulses = whole(key + ".pulses", table.get("pulses", 3), 1, 10)
    block.pulse_ms = whole(key + ".pulse_ms", table.get("pulse_ms", 1000), 300, 5000)
    block.relax_permille = whole(key + ".relax_percent", table.get("relax_percent", 50), 20, 90) * 10
    if block.pattern == GRADIENT and not block.step_pa:
        raise SettingError(
            key + ".step_mmhg", table.get("step_mmhg"), "a step of 1 to 20 mmHg, for a gradient"
        )


def _span_ms(key: str, value: object, least_s: int, most_s: int) -> Span:
    span_s = read_span(key, value, least_s, most_s)
    return Span(span_s.least * 1000, span_s.start * 1000, span_s.most * 1000)


def _zone_bits(key: str, zones: object) -> int:
    if not isinstance(zones, (list, tuple)) or not zones:
        raise SettingError(key, zones, "a list of zones, distal first: " + ", ".join(ZONES))
    bits = 0
    for zone in zones:
        bit = 1 << choice(key, zone, ZONES)
        if bits >= bit:
            raise SettingError(key, list(zones), "each zone once, distal first: " + ", ".join(ZONES))
        bits |= bit
    return bits


def _boosts(key: str, table: dict) -> list:
    refuse_unknown(key + ".", table, ZONES)
    return [pa_from_mmhg(whole(key + "." + zone, table.get(zone, 0), 0, _BOOST_MOST_MMHG)) for zone in ZONES]


def _block_tables(tables: object) -> list:
    if not isinstance(tables, (list, tuple)) or not 1 <= len(tables) <= BLOCKS_MOST:
        raise SettingError("blocks", tables, "1 to {} [[blocks]], each with a pattern".format(BLOCKS_MOST))
    return list(tables)


def _refuse_wrong_shares(blocks: list) -> None:
    shares = [block.share_percent for block in blocks]
    if sum(shares) != 100:
        raise SettingError("blocks.share_percent", shares, "shares that add up to 100")
