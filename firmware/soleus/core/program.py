"""A program: what the boots do for how long, read from a table that nobody trusts.

The host reads the table from a person's TOML, the device from the JSON that the host made of it;
both come through here. A `SettingError` names the key, the value and what would be right.
"""

from .boots import ZONES, Boots
from .errors import SettingError
from .limits import SESSION_MOST_MINUTES, TARGET_LEAST_PA, TARGET_MOST_PA
from .units import mmhg_from_pa, pa_from_mmhg

PATTERNS = ("sequential", "wave", "pulse", "gradient", "uniform", "flow")
SEQUENTIAL, WAVE, PULSE, GRADIENT, UNIFORM, FLOW = range(6)

LEG_MODES = ("together", "alternating", "left", "right")
LEGS_TOGETHER, LEGS_ALTERNATING, LEG_LEFT, LEG_RIGHT = range(4)

# A three-way valve joins its chamber to the manifold or vents it, so all chambers that are filled
# share one pressure: what needs two different pressures at once can't be had.
NEEDS_SEALED_CHAMBERS = (PULSE, GRADIENT, FLOW)

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


class Span:
    """A range with a start: a person may move within it, and begins at `start`."""

    def __init__(self, least: int, start: int, most: int) -> None:
        self.least = least
        self.start = start
        self.most = most


class Block:
    """One pattern with its modifiers, for its share of the session."""

    def __init__(self, key: str, table: dict) -> None:
        _refuse_unknown(key + ".", table, _BLOCK_KEYS)
        self.pattern = _choice(key + ".pattern", table.get("pattern"), PATTERNS)
        self.legs = _choice(key + ".legs", table.get("legs", LEG_MODES[0]), LEG_MODES)
        self.zone_bits = _zone_bits(key + ".zones", table.get("zones", ZONES))
        self.boost_pa = _boosts(key + ".boost_mmhg", table.get("boost_mmhg", {}))
        # Each number: the least and the most that make sense, and what goes without saying.
        self.ramp_ms = _span_ms(key + ".ramp_s", table.get("ramp_s", 0), 0, 30)
        self.hold_ms = _span_ms(key + ".hold_s", table.get("hold_s", 4), 0, 60)
        self.release_ms = _span_ms(key + ".release_s", table.get("release_s", 4), 2, 30)
        self.rest_ms = _span_ms(key + ".rest_s", table.get("rest_s", 2), 0, 120)
        self.cycle_ms = _span_ms(key + ".cycle_s", table.get("cycle_s", 0), 0, 180)
        self.share_percent = _whole(key + ".share_percent", table.get("share_percent", 100), 1, 100)
        self.step_pa = pa_from_mmhg(_whole(key + ".step_mmhg", table.get("step_mmhg", 0), 0, 20))
        self.zone_step_pa = pa_from_mmhg(
            _whole(key + ".zone_step_mmhg", table.get("zone_step_mmhg", 0), 0, 30)
        )
        self.pulses = _whole(key + ".pulses", table.get("pulses", 3), 1, 10)
        self.pulse_ms = _whole(key + ".pulse_ms", table.get("pulse_ms", 1000), 300, 5000)
        self.relax_permille = _whole(key + ".relax_percent", table.get("relax_percent", 50), 20, 90) * 10
        if self.pattern == GRADIENT and not self.step_pa:
            raise SettingError(
                key + ".step_mmhg", table.get("step_mmhg"), "a step of 1 to 20 mmHg, for a gradient"
            )

    def offsets_pa(self, boots: Boots) -> list:
        """What each chamber gets above (or below) the session's level: boosts and steps together."""
        offsets = []
        for index in range(boots.count):
            zone = boots.zone_of[index]
            position = index % boots.chambers_per_leg
            active_before = [
                boots.zone_of[distal]
                for distal in range(position)
                if self.zone_bits >> boots.zone_of[distal] & 1 and self.zone_bits >> zone & 1
            ]
            zones_before = len([z for z in range(zone) if z in active_before])
            step_pa = self.step_pa if self.pattern == GRADIENT else 0
            offsets.append(
                self.boost_pa[zone] - len(active_before) * step_pa - zones_before * self.zone_step_pa
            )
        return offsets


class Program:
    def __init__(self, table: dict) -> None:
        _refuse_unknown("", table, _KEYS)
        self.id = _id(table.get("id"))
        self.title = _text("title", table.get("title", ""))
        self.purpose = _text("purpose", table.get("purpose", ""))
        self.when = _text("when", table.get("when", ""))
        self.mode = _text("mode", table.get("mode", ""))
        self.source = _text("source", table.get("source", ""))
        self.words = _words(table.get("words", []))
        self.minutes = read_span("minutes", table.get("minutes"), 5, SESSION_MOST_MINUTES)
        most_mmhg = mmhg_from_pa(TARGET_MOST_PA)
        pressure = read_span("pressure_mmhg", table.get("pressure_mmhg"), PRESSURE_LEAST_MMHG, most_mmhg)
        self.pressure_mmhg = pressure
        self.level_pa = Span(
            pa_from_mmhg(pressure.least), pa_from_mmhg(pressure.start), pa_from_mmhg(pressure.most)
        )
        # 0: the program doesn't ask whether the person is awake.
        silent_minutes = _whole(
            "sign_of_life_minutes", table.get("sign_of_life_minutes", 0), 0, SESSION_MOST_MINUTES
        )
        self.sign_of_life_minutes = silent_minutes
        self.blocks = _blocks(table.get("blocks"))

    @staticmethod
    def from_table(table: dict) -> "Program":
        if not isinstance(table, dict):
            raise SettingError("program", table, "a table of keys")
        return Program(table)

    def level_most_pa(self, boots: Boots) -> int:
        """The highest level at which no chamber, boosts included, is above what the board allows."""
        boost_pa = max([max(block.offsets_pa(boots)) for block in self.blocks])
        return min(self.level_pa.most, boots.target_most_pa - max(boost_pa, 0))

    def refuse_unfit(self, boots: Boots) -> None:
        """A program that these boots can't run is refused with the reason, never bent."""
        most_pa = self.level_most_pa(boots)
        if self.level_pa.start > most_pa:
            expected = "this board allows up to {} mmHg, boosts included, so {} here".format(
                mmhg_from_pa(boots.target_most_pa), mmhg_from_pa(most_pa)
            )
            raise SettingError("pressure_mmhg.start", self.pressure_mmhg.start, expected)
        for number, block in enumerate(self.blocks):
            _refuse_unfit_block("blocks[{}]".format(number), block, self.level_pa.least, boots)


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


def _span_ms(key: str, value: object, least_s: int, most_s: int) -> Span:
    span_s = read_span(key, value, least_s, most_s)
    return Span(span_s.least * 1000, span_s.start * 1000, span_s.most * 1000)


def read_span(key: str, value: object, least: int, most: int) -> Span:
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


def _blocks(tables: object) -> list:
    if not isinstance(tables, (list, tuple)) or not 1 <= len(tables) <= BLOCKS_MOST:
        raise SettingError("blocks", tables, "1 to {} [[blocks]], each with a pattern".format(BLOCKS_MOST))
    blocks = [Block("blocks[{}]".format(number), table) for number, table in enumerate(tables)]
    shares = [block.share_percent for block in blocks]
    if sum(shares) != 100:
        raise SettingError("blocks.share_percent", shares, "shares that add up to 100")
    return blocks
