"""Reads a program's table, key by key. The program that is read doesn't need this module any more.

The host reads the table from a person's TOML, the device from the JSON that the host made of it. Both come
through here.
"""

from soleus.core.basics.boots import ZONES
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import SESSION_MOST_MINUTES, TARGET_MOST_PA
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg
from soleus.core.program.program import Block, Program
from soleus.core.program.words import GRADIENT, LEG_MODES, PATTERNS, Span

BLOCKS_MOST = 4
ID_MOST_CHARACTERS = 32
_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
PRESSURE_LEAST_MMHG = 20

_KEYS = ("id", "title", "purpose", "when", "mode", "source", "words") + (
    ("minutes", "pressure_mmhg", "sign_of_life_minutes", "blocks")
)

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


def read_program(table: object) -> Program:
    """A `SettingError` names the key, the value found there, and what would be right."""
    if not isinstance(table, dict):
        raise SettingError("program", table, "a table of keys")
    program = Program()
    _read_whole(program, table)
    block_tables = _block_tables(table.get("blocks"))
    program.blocks = [Block() for _ in block_tables]
    for number, block in enumerate(program.blocks):
        _read_block(block, "blocks[{}]".format(number), block_tables[number])
    _refuse_wrong_shares(program.blocks)
    return program


def _read_whole(program: Program, table: dict) -> None:
    """All but the blocks."""
    _refuse_unknown("", table, _KEYS)
    program.id = _id(table.get("id"))
    program.title = _text("title", table.get("title", ""))
    program.purpose = _text("purpose", table.get("purpose", ""))
    program.when = _text("when", table.get("when", ""))
    program.mode = _text("mode", table.get("mode", ""))
    program.source = _text("source", table.get("source", ""))
    program.words = _words(table.get("words", []))
    program.minutes = _read_span("minutes", table.get("minutes"), 5, SESSION_MOST_MINUTES)
    most_mmhg = mmhg_from_pa(TARGET_MOST_PA)
    pressure = _read_span("pressure_mmhg", table.get("pressure_mmhg"), PRESSURE_LEAST_MMHG, most_mmhg)
    program.pressure_mmhg = pressure
    program.level_pa = Span(
        pa_from_mmhg(pressure.least), pa_from_mmhg(pressure.start), pa_from_mmhg(pressure.most)
    )
    program.presence_check_minutes = _whole(
        "sign_of_life_minutes", table.get("sign_of_life_minutes", 0), 0, SESSION_MOST_MINUTES
    )


def _read_block(block: Block, key: str, table: dict) -> None:
    _refuse_unknown(key + ".", table, _BLOCK_KEYS)
    block.pattern = _choice(key + ".pattern", table.get("pattern"), PATTERNS)
    block.legs = _choice(key + ".legs", table.get("legs", LEG_MODES[0]), LEG_MODES)
    block.zone_bits = _zone_bits(key + ".zones", table.get("zones", ZONES))
    block.boost_pa = _boosts(key + ".boost_mmhg", table.get("boost_mmhg", {}))
    # Each number: the least and the most that make sense, and what goes without saying.
    block.ramp_ms = _span_ms(key + ".ramp_s", table.get("ramp_s", 0), 0, 30)
    block.hold_ms = _span_ms(key + ".hold_s", table.get("hold_s", 4), 0, 60)
    block.release_ms = _span_ms(key + ".release_s", table.get("release_s", 4), 2, 30)
    block.rest_ms = _span_ms(key + ".rest_s", table.get("rest_s", 2), 0, 120)
    block.cycle_ms = _span_ms(key + ".cycle_s", table.get("cycle_s", 0), 0, 180)
    block.share_percent = _whole(key + ".share_percent", table.get("share_percent", 100), 1, 100)
    block.step_pa = pa_from_mmhg(_whole(key + ".step_mmhg", table.get("step_mmhg", 0), 0, 20))
    block.zone_step_pa = pa_from_mmhg(_whole(key + ".zone_step_mmhg", table.get("zone_step_mmhg", 0), 0, 30))
    block.pulses = _whole(key + ".pulses", table.get("pulses", 3), 1, 10)
    block.pulse_ms = _whole(key + ".pulse_ms", table.get("pulse_ms", 1000), 300, 5000)
    block.relax_permille = _whole(key + ".relax_percent", table.get("relax_percent", 50), 20, 90) * 10
    if block.pattern == GRADIENT and not block.step_pa:
        raise SettingError(
            key + ".step_mmhg", table.get("step_mmhg"), "a step of 1 to 20 mmHg, for a gradient"
        )


def _span_ms(key: str, value: object, least_s: int, most_s: int) -> Span:
    span_s = _read_span(key, value, least_s, most_s)
    return Span(span_s.least * 1000, span_s.start * 1000, span_s.most * 1000)


def _read_span(key: str, value: object, least: int, most: int) -> Span:
    """A whole number, or a table of `min`, `start` and `max`."""
    if not isinstance(value, dict):
        number = _whole(key, value, least, most)
        return Span(number, number, number)
    _refuse_unknown(key + ".", value, ("min", "start", "max"))
    low = _whole(key + ".min", value.get("min"), least, most)
    high = _whole(key + ".max", value.get("max"), low, most)
    return Span(low, _whole(key + ".start", value.get("start", low), low, high), high)


def _refuse_unknown(prefix: str, table: object, known: tuple) -> None:
    if not isinstance(table, dict):
        raise SettingError(prefix[:-1], table, "a table")
    for key in table:
        if key not in known:
            raise SettingError(prefix + key, table[key], "not a key here; known: " + ", ".join(known))


def _whole(key: str, value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise SettingError(key, value, "a whole number from {} to {}".format(least, most))
    return value


def _choice(key: str, value: object, choices: tuple) -> int:
    if value not in choices:
        raise SettingError(key, value, "one of " + ", ".join(choices))
    return choices.index(value)


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


def _zone_bits(key: str, zones: object) -> int:
    if not isinstance(zones, (list, tuple)) or not zones:
        raise SettingError(key, zones, "a list of zones, distal first: " + ", ".join(ZONES))
    bits = 0
    for zone in zones:
        bit = 1 << _choice(key, zone, ZONES)
        if bits >= bit:
            raise SettingError(key, list(zones), "each zone once, distal first: " + ", ".join(ZONES))
        bits |= bit
    return bits


def _boosts(key: str, table: dict) -> list:
    _refuse_unknown(key + ".", table, ZONES)
    return [pa_from_mmhg(_whole(key + "." + zone, table.get(zone, 0), 0, _BOOST_MOST_MMHG)) for zone in ZONES]


def _block_tables(tables: object) -> list:
    if not isinstance(tables, (list, tuple)) or not 1 <= len(tables) <= BLOCKS_MOST:
        raise SettingError("blocks", tables, "1 to {} [[blocks]], each with a pattern".format(BLOCKS_MOST))
    return list(tables)


def _refuse_wrong_shares(blocks: list) -> None:
    shares = [block.share_percent for block in blocks]
    if sum(shares) != 100:
        raise SettingError("blocks.share_percent", shares, "shares that add up to 100")
