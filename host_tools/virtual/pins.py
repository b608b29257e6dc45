"""The chip's pins, and what hangs on them: the valves, pump and gate that have power now."""

from collections.abc import Mapping
from typing import Any

from soleus.core.basics.signals import Commands

FULL_U16 = 65_535


class Pins:
    """Levels and duties as the program has set them; a pin that isn't driven is pulled to its safe level."""

    def __init__(self) -> None:
        self.share: dict[int, float] = {}
        # Grows with each change.
        self.changes_count = 0

    def release_all(self) -> None:
        """As a hard reset does; a soft reset leaves the pins alone."""
        self.share.clear()
        self.changes_count += 1

    def set_level(self, pin: int, is_output: bool, level: int) -> None:
        if is_output:
            self.share[pin] = float(level)
        else:
            self.share.pop(pin, None)
        self.changes_count += 1

    def set_duty(self, pin: int, duty_u16: int) -> None:
        self.share[pin] = duty_u16 / FULL_U16
        self.changes_count += 1

    def high_share(self, pin: int, pulled: float = 0.0) -> float:
        """The share of the time for which the pin is high."""
        return self.share.get(pin, pulled)


class ShiftRegisters:
    """A chain of 74HC595 or TPIC6B595: a rising clock takes a bit, a rising latch shows them all."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.data, self.clock, self.latch = table["data"], table["clock"], table["latch"]
        self.mask = (1 << 8 * table["registers"]) - 1
        self.shifted_bits = 0
        self.shown_bits = 0

    def feel(self, pins: Pins, pin: int, before: float) -> None:
        if before >= 0.5 or pins.high_share(pin) < 0.5:
            return
        if pin == self.clock:
            self.shifted_bits = (self.shifted_bits << 1 | int(pins.high_share(self.data) >= 0.5)) & self.mask
        elif pin == self.latch:
            self.shown_bits = self.shifted_bits


class OneShot:
    """Its output is on for `hold_ms` after a rising edge; each further one makes that begin anew."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.pin, self.hold_ms = table["pin"], table["hold_ms"]
        self.left_ms = 0

    def feel(self, pins: Pins, pin: int, before: float) -> None:
        if pin == self.pin and before < 0.5 <= pins.high_share(pin):
            self.left_ms = self.hold_ms

    def is_on(self) -> bool:
        return self.left_ms > 0


class Wiring:
    """From pins to `Commands`, by the board's description: the reverse of what the drivers do."""

    def __init__(self, board: Mapping[str, Any]) -> None:
        self.valves = board["valves"]
        self.pump_pin = board["pump"]["pin"]
        self.gate_pin = board["gate"]["pin"] if board["boots"].get("gate") else None
        self.registers = ShiftRegisters(self.valves) if self.valves["driver"] == "shift_register" else None
        self.one_shot = OneShot(board["one_shot"]) if "one_shot" in board else None
        self.pins = Pins()
        # The valves' bits as of so many changes.
        self._bits, self._bits_as_of = (0, 0), -1

    def pass_ms(self, ms: int) -> None:
        if self.one_shot:
            self.one_shot.left_ms = max(self.one_shot.left_ms - ms, 0)

    def set_level(self, pin: int, is_output: bool, level: int) -> None:
        before = self.pins.high_share(pin)
        self.pins.set_level(pin, is_output, level)
        for part in (self.registers, self.one_shot):
            if part:
                part.feel(self.pins, pin, before)

    def read(self, commands: Commands) -> None:
        if self._bits_as_of != self.pins.changes_count:
            self._bits, self._bits_as_of = self._valve_bits(), self.pins.changes_count
        commands.fill_bits, commands.seal_bits = self._bits
        commands.pump_permille = round(self.pins.high_share(self.pump_pin) * 1000)
        commands.gate_on = 1 if self.gate_pin is None else int(self.pins.high_share(self.gate_pin) > 0)
        if self.one_shot and not self.one_shot.is_on():
            # It is in the way of the gate, and where there is none, of the pump.
            if self.gate_pin is None:
                commands.pump_permille = 0
            else:
                commands.gate_on = 0

    def is_all_vent(self) -> bool:
        commands = Commands()
        self.read(commands)
        has_energy = commands.fill_bits or commands.seal_bits or commands.pump_permille
        return not has_energy or not commands.gate_on

    def _valve_bits(self) -> tuple[int, int]:
        if self.registers is None:
            return self._pin_bits(self.valves["fill"]), self._pin_bits(self.valves.get("vent", ()))
        # Output-enable is active low, with a pull-up.
        if self.pins.high_share(self.valves["output_enable"], pulled=1.0) > 0.99:
            return 0, 0
        shown = self.registers.shown_bits
        return _picked(shown, self.valves["fill_outputs"]), _picked(
            shown, self.valves.get("vent_outputs", ())
        )

    def _pin_bits(self, pins: list[int]) -> int:
        share, bits = self.pins.share, 0
        for index, pin in enumerate(pins):
            if share.get(pin, 0.0) > 0:
                bits |= 1 << index
        return bits


def _picked(bits: int, outputs: list[int]) -> int:
    return sum((bits >> output & 1) << index for index, output in enumerate(outputs))
