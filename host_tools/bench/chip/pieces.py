"""The measuring script in pieces: each fits a bare board's heap and is over before any wait is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from host_tools.bench.chip.free_pins import FREE_PINS
from host_tools.bench.chip.sample import sample_module
from host_tools.catalogue.chips import Chip

ON_BOARD = Path(__file__).with_name("on_board")
HELPERS = "helpers"
FAST_HZ, SLOW_HZ = 400_000, 100_000
"""The firmware's I2C clock, and a slower one: what differs between the two is bits."""

SOFT_HZ = 500_000
"""The fastest that SoftI2C knows: two delays of 1 us a bit."""

PWM_HZ = 20_000
SAMPLES = ("bench_a", "bench_b", "bench_c")
SHORT_FUNCTIONS, LONG_FUNCTIONS = 1, 9


@dataclass(frozen=True)
class Piece:
    words: str
    """What a person reads while it runs."""
    file: str
    costs: tuple[str, ...]
    """What stays the chip file's when this piece fails."""
    arguments: dict[str, Any] = field(default_factory=dict)
    function: str = "measure"
    keeps_result: str = ""
    """A result that several pieces give is kept under this name."""

    def text(self) -> str:
        helpers, own = ((ON_BOARD / f"{name}.py").read_text() for name in (HELPERS, self.file))
        lines = [line for line in own.splitlines() if not line.startswith(f"from {HELPERS} import")]
        return "\n".join([helpers, *lines, f"attempt({self.function}, {self.arguments!r})"])


FRESH_HEAP = Piece("the heap after boot", "heap", ("heap_bytes",))
"""Comes first: whatever else is sent would be on the heap by then."""


def pieces_for(chip: Chip) -> list[Piece]:
    """The work sets the clock for all that follow; the first write after the start comes before any other."""
    pins = FREE_PINS[chip.kind]
    bus = {"scl": pins.scl, "sda": pins.sda}
    return [
        Piece("work of a known size", "speed", ("instruction_ns",), {"clock_hz": chip.clock_hz}),
        Piece("reads of the flash", "flash_read", ("flash_read_us", "flash_read_kb_us")),
        Piece("the first write, the second, and 24 KB", "flash_write", ("flash_page_us", "flash_erase_us")),
        Piece("garbage collections", "collect", ("collect_kb_us",)),
        *_imports(),
        _flash_import(),
        Piece("a timer's callbacks", "timer", ("callback_us",)),
        Piece(
            "a pin, and PWM", "pins", ("pin_write_us", "pwm_change_us"), {"pin": pins.out, "pwm_hz": PWM_HZ}
        ),
        Piece("the analog input", "adc", ("adc_sample_us",), {"pin": pins.adc}),
        Piece(
            "I2C with nobody there",
            "i2c",
            ("i2c_transaction_us", "i2c_bit_us"),
            {**bus, "fast_hz": FAST_HZ, "slow_hz": SLOW_HZ},
        ),
        Piece(
            "SoftI2C with nobody there",
            "i2c",
            ("soft_i2c_transaction_us", "soft_i2c_bit_us"),
            {**bus, "hz": SOFT_HZ},
            function="soft",
        ),
        Piece("2 KB on the console", "console", ("console_byte_us",)),
    ]


def _imports() -> list[Piece]:
    """Short and long modules: a line through both tells a module from its bytes. Thrice, for the median."""
    pieces = []
    for functions in (SHORT_FUNCTIONS, LONG_FUNCTIONS):
        for tag in SAMPLES:
            name = f"{tag}{functions}"
            content = sample_module(name, functions)
            arguments = {"name": name, "content": content}
            words = f"the import of {len(content)} bytes"
            costs = ("import_module_us", "import_kb_us")
            pieces.append(Piece(words, "imports", costs, arguments, keeps_result=name))
    return pieces


def _flash_import() -> Piece:
    """Not a cost of a chip file: it is made of several."""
    name = "bench_flash"
    content = sample_module(name, LONG_FUNCTIONS)
    arguments = {"name": name, "content": content}
    return Piece("the same from the flash", "imports", (), arguments, function="from_flash")
