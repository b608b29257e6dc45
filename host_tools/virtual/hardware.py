"""The board without its processor: pins, sensors, buttons, display, and the simulated boots on them."""

from collections.abc import Callable
from typing import Any

from host_tools.catalogue.boards import Board
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec
from host_tools.plant.parts.units import BEAT_MS
from host_tools.plant.plant import Plant
from host_tools.sim.compiled_plant import CompiledPlant
from host_tools.virtual.buttons import Buttons
from host_tools.virtual.display import Ssd1306
from host_tools.virtual.electric import Electric
from host_tools.virtual.pins import Wiring
from host_tools.virtual.processor.frames import (
    BEAT,
    FRAME,
    FRAME_WORDS,
    IS_BUS_HUNG,
    LEVELS_HIGH,
    LEVELS_LOW,
    NOW_MS,
    Kind,
    Record,
)
from soleus.core.basics.signals import Commands, Readings


class Hardware:
    """Advances time, one beat of 10 ms after the other."""

    def __init__(self, board: Board, plant: PlantSpec, seed: int, is_compiled: bool) -> None:
        self._plant = draw_plant(on_board(plant, board.table), board.boots, seed)
        # The drivers take the turns.
        self._plant.sensors.half = 0
        # Where time isn't a person's, the plant would take most of it.
        self._fast_plant = CompiledPlant(self._plant, board.boots.count) if is_compiled else None
        self.readings = Readings(board.boots.count)
        self.commands = Commands()
        self.wiring = Wiring(board.table)
        self.electric = Electric(board.table)
        self.buttons = Buttons(board.table)
        self._display_table: dict[str, Any] | None = board.table.get("display")
        self.display = self._new_display()
        self._highest_mmhg = self._highest_now_mmhg()
        self.now_ms = 0
        self.beat = 0
        # What the pins and the sensors show, as the interpreter gets it.
        self.frame = [0] * FRAME_WORDS
        self.is_bus_hung = False
        self._fill_frame()

    def pass_beat(self) -> None:
        self.wiring.read(self.commands)
        self.wiring.pass_ms(BEAT_MS)
        (self._fast_plant or self._plant).tick(self.commands, self.readings)
        self._highest_mmhg = self._highest_now_mmhg()
        self.now_ms += BEAT_MS
        self.beat += 1
        self._fill_frame()

    def packed_frame(self) -> bytes:
        return FRAME.pack(*self.frame)

    def take(self, record: Record) -> None:
        """Apply what the program does to a pin or to a chip on the I2C bus."""
        if record.kind == Kind.PIN:
            self.wiring.set_level(record.small, bool(record.other), record.value)
        elif record.kind == Kind.PWM:
            self.wiring.pins.set_duty(record.small, record.value)
        elif record.kind == Kind.I2C and self.display:
            self.display.write(record.content)

    def release_pins(self) -> None:
        """Release all pins, as a hard reset does."""
        self.wiring.pins.release_all()

    def lose_power(self) -> None:
        self.release_pins()
        self.forget_display()

    def forget_display(self) -> None:
        """Lose the display's memory: it comes back dark."""
        self.display = self._new_display()

    def highest_mmhg(self) -> float:
        """At the end of the latest beat."""
        return self._highest_mmhg

    def change(self, do: Callable[[Plant], Any]) -> Any:
        """Do something to the boots, or look at them, between two ticks."""
        if self._fast_plant is None:
            result = do(self._plant)
        else:
            self._fast_plant.thaw()
            result = do(self._plant)
            self._fast_plant.freeze()
        self._highest_mmhg = self._highest_now_mmhg()
        return result

    def _highest_now_mmhg(self) -> float:
        return float(self._plant.truth.pressure_mmhg.max())

    def _fill_frame(self) -> None:
        frame = self.frame
        frame[BEAT], frame[NOW_MS] = self.beat, self.now_ms
        levels = self.buttons.levels(self.now_ms)
        frame[LEVELS_LOW] = _signed(levels & 0xFFFFFFFF)
        frame[LEVELS_HIGH] = levels >> 32
        frame[IS_BUS_HUNG] = int(self.is_bus_hung)
        self.electric.fill_in(frame, self.readings)

    def _new_display(self) -> Ssd1306 | None:
        """The display as it is after power-on."""
        table = self._display_table
        return Ssd1306(table["width"], table["height"]) if table else None


def i2c_table(board: dict[str, Any]) -> dict[str, Any]:
    """The chips on the I2C bus, in the form that `chip/i2c_chips.py` reads."""
    sensors = board["sensors"]
    table: dict[str, Any] = {"channels": sensors.get("channels", [])}
    if "mux_address" in sensors:
        count = max(sensors["channels"]) // 8 + 1
        table["mux_addresses"] = [sensors["mux_address"] + number for number in range(count)]
    if sensors["driver"] in ("abp2", "mprls"):
        table["honeywell_address"] = 0x28 if sensors["driver"] == "abp2" else 0x18
    if sensors["driver"] == "ads1115":
        table["ads1115_addresses"] = sensors["addresses"]
    if "display" in board:
        table["display_address"] = board["display"]["address"]
    return table


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 1 << 31 else word
