"""Chips as data: what each kind of work costs a chip, and where that number was seen."""

from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.paths import BOARDS
from host_tools.board_check import CHIPS
from host_tools.catalogue.near import perhaps
from host_tools.catalogue.toml_file import Table, read_toml, refuse_unknown_keys, text_in

CHIPS_FOLDER = BOARDS / "chips"

COSTS = {
    "instruction_ns": "the work that takes MicroPython's unix port one instruction of a laptop",
    "heap_bytes": "what a program has after the boot, growth included",
    "collect_kb_us": "a garbage collection, for each KB in use",
    "import_module_us": "a module, without its bytes",
    "import_kb_us": "a KB of bytecode, without reading it",
    "flash_read_us": "one read of the flash, without its bytes",
    "flash_read_kb_us": "a KB read from the flash",
    "flash_page_us": "256 bytes written to the flash",
    "flash_erase_us": "4 KB of flash erased",
    "i2c_transaction_us": "a transfer by the chip's own I2C, without its bits",
    "i2c_bit_us": "a bit of it",
    "soft_i2c_transaction_us": "a transfer by SoftI2C, without its bits",
    "soft_i2c_bit_us": "a bit of it, at the fastest",
    "adc_sample_us": "one `ADC.read_uv()`",
    "pwm_change_us": "one `PWM.duty_u16()`",
    "pin_write_us": "one `Pin.value()`",
    "callback_us": "a timer's callback, queued and called",
    "console_byte_us": "a byte on the console",
}
"""Every cost that a chip file gives, and what it is the cost of."""

SEEN = ("silicon", "emulated", "published", "datasheet", "derived", "guess")
"""Where a number was seen, the surest first."""

_KEYS = ("name", "title", "chip", "clock_hz", "default_clock_hz", "has_psram", "costs")
_COST_KEYS = ("value", "seen", "source")


@dataclass(frozen=True)
class Cost:
    value: float
    seen: str
    source: str


@dataclass(frozen=True)
class Chip:
    name: str
    title: str
    kind: str
    """As the board files name it: all chips of a kind have the same pins."""
    clock_hz: int
    default_clock_hz: int
    has_psram: bool
    costs: dict[str, Cost]
    file: Path

    def __getitem__(self, name: str) -> float:
        return self.costs[name].value


def chip_names() -> list[str]:
    return sorted(file.stem for file in CHIPS_FOLDER.glob("*.toml"))


def load_chip(name: str | Path) -> Chip:
    """One of the chips that come with Soleus, by name, or any chip file, by path."""
    file = _chip_file(name)
    table = read_toml(file)
    refuse_unknown_keys(file, table, _KEYS)
    return Chip(
        name=text_in(file, table, "name"),
        title=text_in(file, table, "title"),
        kind=_kind(file, table),
        clock_hz=_hz(file, table, "clock_hz"),
        default_clock_hz=_hz(file, table, "default_clock_hz"),
        has_psram=_flag(file, table, "has_psram"),
        costs=_costs(file, table.get("costs")),
        file=file,
    )


def _chip_file(name: str | Path) -> Path:
    if isinstance(name, Path) or name.endswith(".toml") or len(Path(name).parts) > 1:
        return Path(name)
    if name in chip_names():
        return CHIPS_FOLDER / f"{name}.toml"
    near = perhaps(name, chip_names())
    raise InputError("chip", "", name, f"one of {', '.join(chip_names())}{near}")


def _kind(file: Path, table: Table) -> str:
    kind = text_in(file, table, "chip")
    if kind not in CHIPS:
        raise InputError(file, "chip", kind, f"one of {', '.join(CHIPS)}")
    return kind


def _hz(file: Path, table: Table, key: str) -> int:
    hz = table.get(key)
    if type(hz) is not int or hz <= 0:
        raise InputError(file, key, hz, "a whole number of hertz above 0, such as 240_000_000")
    return hz


def _flag(file: Path, table: Table, key: str) -> bool:
    flag = table.get(key)
    if not isinstance(flag, bool):
        raise InputError(file, key, flag, "true or false")
    return flag


def _costs(file: Path, table: object) -> dict[str, Cost]:
    if not isinstance(table, dict):
        raise InputError(file, "costs", table, f"a table [costs] with {', '.join(COSTS)}")
    for name in table:
        if name not in COSTS:
            raise InputError(file, f"costs.{name}", table[name], f"one of the costs {', '.join(COSTS)}")
    return {name: _cost(file, name, what, table.get(name)) for name, what in COSTS.items()}


def _cost(file: Path, name: str, what: str, found: object) -> Cost:
    key = f"costs.{name}"
    if not isinstance(found, dict) or sorted(found) != sorted(_COST_KEYS):
        raise InputError(file, key, found, f"{{ value, seen, source }}: {what}")
    value, seen, source = (found[part] for part in _COST_KEYS)
    if type(value) not in (int, float) or not 0 <= value < float("inf"):
        raise InputError(file, f"{key}.value", value, f"a number, 0 or more: {what}")
    if seen not in SEEN:
        raise InputError(file, f"{key}.seen", seen, f"one of {', '.join(SEEN)}")
    if not isinstance(source, str) or not source:
        raise InputError(file, f"{key}.source", source, "text: where this number comes from")
    return Cost(float(value), seen, source)
