"""The virtual board: interpreter, pins, plant and time together, and everything that can happen to them."""

import contextlib
import os
import selectors
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from host_tools.library.boards import Board
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.plant import Plant
from host_tools.virtual.display import Ssd1306
from host_tools.virtual.electric import Electric
from host_tools.virtual.frames import (
    BEAT,
    FRAME,
    LEVELS_HIGH,
    LEVELS_LOW,
    NOW_MS,
    SENSORS,
    SENSORS_MOST,
    Kind,
    Record,
    RecordReader,
)
from host_tools.virtual.interpreter import Interpreter, refuse_without_unix_port
from host_tools.virtual.pins import Wiring
from host_tools.virtual.terminal import Terminal
from soleus.core.basics.signals import Commands, Readings

BEAT_MS = 10
# As much as an ESP32 leaves to a program, in 32-bit words.
HEAP_BYTES = 160 * 1024
CONTROL_TIMER_BIT = 1
# With time of its own the board waits for the interpreter; not for one that hangs.
PATIENCE_S = 1.0
BROWN_OUT_MS = 50

PWRON_RESET, HARD_RESET, WDT_RESET, SOFT_RESET = 1, 2, 3, 5
_BUTTONS = ("start_stop", "softer", "louder", "stop")


@dataclass(frozen=True, slots=True)
class Moment:
    """One beat: what was commanded by the pins at its end, and what was so in the boots."""

    at_ms: int
    frame: tuple[int, ...]
    fill_bits: int
    seal_bits: int
    pump_permille: int
    gate_on: int
    highest_mmhg: float
    # How many control ticks there were before this beat.
    ticks_count: int


@dataclass(frozen=True, slots=True)
class Happening:
    at_ms: int
    wall_s: float
    what: str
    highest_mmhg: float


class VirtualBoard:
    """`with VirtualBoard(...) as board:` runs it in a thread; `board.port` is what mpremote connects to."""

    def __init__(
        self,
        board: Board,
        flash: Path,
        *,
        plant: str | PlantSpec = "nominal",
        seed: int = 0,
        has_own_time: bool = False,
        heap_bytes: int = HEAP_BYTES,
        flash_bytes: int = 0,
        flash_write_ms: int = 0,
        patience_s: float = PATIENCE_S,
    ) -> None:
        refuse_without_unix_port()
        spec = plant if isinstance(plant, PlantSpec) else load_plant(plant)
        self.board = board
        self.flash = flash
        self.has_own_time = has_own_time
        self.heap_bytes = heap_bytes
        self.flash_bytes = flash_bytes
        self.flash_write_ms = flash_write_ms
        self.patience_s = patience_s
        self.plant = draw_plant(on_board(spec, board.table), board.boots, seed)
        self.readings = Readings(board.boots.count)
        self.commands = Commands()
        self.wiring = Wiring(board.table)
        self.electric = Electric(board.table)
        self.display = _display(board)
        self.terminal = Terminal()
        self.port = self.terminal.port
        self.now_ms = 0
        # With time of its own it goes by the clock from here on, until somebody says otherwise.
        self.hurry_until_ms: int | None = None
        self.beat = 0
        self.history: list[Moment] = []
        self.happenings: list[Happening] = []
        self.tick_us: list[int] = []
        self.memory = b""
        self._frame = [0] * (SENSORS + SENSORS_MOST)
        self._pressed_until_ms: dict[str, int] = {}
        self._interpreter: Interpreter | None = None
        self._records = RecordReader()
        self._folder = tempfile.TemporaryDirectory(prefix="soleus-virtual-")
        self._lock = threading.RLock()
        self._is_stopping = False
        self._has_power = False
        self._reset_cause = PWRON_RESET
        self._typed = b""
        self._is_acknowledged = False
        self._next_beat_s = 0.0
        self._forget_life()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "VirtualBoard":
        self._thread.start()
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._is_stopping = True
        self._thread.join()
        self._end_life()
        self.terminal.close()
        self._folder.cleanup()

    # --- what can happen to it, at any moment ---

    def power_on(self) -> None:
        with self._lock:
            if not self._has_power:
                self._has_power = True
                self._reset_cause = PWRON_RESET
                self._boot("power on")

    def power_off(self) -> None:
        """Everything that needs power lets go: pins, valves, the clock's memory."""
        with self._lock:
            self._has_power = False
            self._end_life()
            self._release("power off")
            self.memory = b""
            self.display = _display(self.board)

    def brown_out(self) -> None:
        """The supply sags below what the chip needs, for a moment."""
        with self._lock:
            self._hard_reset("brown-out", PWRON_RESET)
            self.memory = b""
            self.display = _display(self.board)

    def hang(self) -> None:
        """The processor stops where it is; only the watchdog can help."""
        with self._lock:
            if self._interpreter:
                self._interpreter.freeze()
            self._note("hang")

    def kill(self) -> None:
        """The interpreter dies in the middle of whatever it does."""
        with self._lock:
            self._note("kill")
            if self._interpreter:
                self._interpreter.process.kill()

    def reset(self) -> None:
        """The reset button."""
        with self._lock:
            self._hard_reset("reset button", HARD_RESET)

    def unplug_link(self) -> None:
        with self._lock:
            self.terminal.is_plugged = False
            self._note("link unplugged")

    def plug_link(self) -> None:
        with self._lock:
            self.terminal.is_plugged = True

    def break_part(self, fault: str) -> None:
        """From now on, as on the command line but for the time: `sensor.left.calf:off`."""
        with self._lock:
            self.plant.set_fault(parse_fault(f"{fault}@{self.plant.now_ms / 1000:.2f}s", self.board.boots))
            self._note(fault)

    def change(self, act: Callable[[Plant], Any]) -> Any:
        """What a person does to the boots, between two beats."""
        with self._lock:
            return act(self.plant)

    def press(self, button: str, ms: int = 100) -> None:
        if button not in _BUTTONS or button not in self.board.table.get("buttons", {}):
            raise ValueError(f"no such button: {button}")
        with self._lock:
            self._pressed_until_ms[button] = self.now_ms + ms

    def save_display(self, file: Path) -> None:
        if self.display is None:
            raise ValueError(f"{self.board.name} has no display")
        with self._lock:
            self.display.save(file)

    # --- what can be seen of it ---

    def wait_until(self, is_so: Callable[["VirtualBoard"], bool], timeout_s: float = 20.0) -> None:
        until_s = time.monotonic() + timeout_s
        while not is_so(self):
            if time.monotonic() > until_s:
                raise TimeoutError(f"not so within {timeout_s} s")
            time.sleep(0.002)

    def is_vented(self) -> bool:
        """By its pins: nothing is energised."""
        with self._lock:
            return self.wiring.is_all_vent()

    def highest_mmhg(self) -> float:
        return float(self.plant.truth.pressure_mmhg.max())

    # --- its life ---

    def _run(self) -> None:
        while not self._is_stopping:
            self._wait_for_something()
            with self._lock:
                self._serve()

    def _wait_for_something(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self.terminal.master, selectors.EVENT_READ)
            interpreter = self._interpreter
            # A reset from another thread may close both in between: then there is nothing to wait for.
            with contextlib.suppress(ValueError, OSError):
                if interpreter:
                    selector.register(interpreter.terminal, selectors.EVENT_READ)
                    selector.register(interpreter.line, selectors.EVENT_READ)
            wait_s = max(self._next_beat_s - time.monotonic(), 0.0)
            selector.select(min(wait_s, 0.01))

    def _serve(self) -> None:
        self._carry_terminal()
        self._take_records()
        self._look_at_interpreter()
        self._let_time_pass()

    def _carry_terminal(self) -> None:
        received = self.terminal.received()
        interpreter = self._interpreter
        if not interpreter:
            return
        if received:
            self._type(received)
        try:
            printed = os.read(interpreter.terminal, 65536)
        except OSError:
            printed = b""
        self.terminal.send(printed)

    def _type(self, data: bytes) -> None:
        """A terminal takes 4 KB at most before its program reads; the rest waits here."""
        assert self._interpreter
        self._typed += data
        try:
            count = os.write(self._interpreter.terminal, self._typed[:2048])
        except OSError:
            return
        self._typed = self._typed[count:]

    def _take_records(self) -> None:
        if not self._interpreter:
            return
        try:
            data = self._interpreter.line.recv(65536)
        except (BlockingIOError, ConnectionResetError):
            return
        for record in self._records.feed(data):
            self._take(record)

    def _take(self, record: Record) -> None:
        kind = record.kind
        if kind in (Kind.ACK, Kind.TOOK, Kind.TIMERS, Kind.STALL):
            self._take_time(record)
        elif kind == Kind.PIN:
            self.wiring.set_level(record.small, bool(record.other), record.value)
        elif kind == Kind.PWM:
            self.wiring.pins.set_duty(record.small, record.value)
        elif kind == Kind.WDT:
            self._feed(record)
        elif kind == Kind.FLASH:
            self._note("flash write")
        elif kind == Kind.MEMORY:
            self.memory = record.content
        elif kind == Kind.I2C and self.display:
            self.display.write(record.content)
        elif kind == Kind.RESET:
            self._hard_reset("machine.reset", SOFT_RESET)

    def _take_time(self, record: Record) -> None:
        if record.kind == Kind.ACK:
            self._is_acknowledged = self._is_acknowledged or record.value == self.beat
            self._heard_at_s = time.monotonic()
        elif record.kind == Kind.TOOK:
            self.tick_us.append(record.value)
        elif record.kind == Kind.TIMERS:
            self._timer_bits = record.small
        else:
            self._stalled_until_ms = self.now_ms + record.value

    def _feed(self, record: Record) -> None:
        if record.small == 0:
            self._watchdog_ms = record.value
        self._fed_at_ms = self.now_ms

    def _look_at_interpreter(self) -> None:
        interpreter = self._interpreter
        if interpreter and interpreter.has_ended():
            self._carry_terminal()
            self._take_records()
            if interpreter is not self._interpreter:
                return
            if interpreter.was_killed():
                self._hard_reset("crash", HARD_RESET)
            else:
                self._soft_reset()
        elif interpreter and self._watchdog_ms and self.now_ms - self._fed_at_ms > self._watchdog_ms:
            self._hard_reset("watchdog", WDT_RESET)

    def _let_time_pass(self) -> None:
        while self._is_beat_due():
            self._advance()
            if self.has_own_time:
                break

    def _is_beat_due(self) -> bool:
        now_s = time.monotonic()
        is_waiting = self._interpreter and self._may_hurry() and self._timer_bits & CONTROL_TIMER_BIT
        if not is_waiting or self.now_ms < self._stalled_until_ms:
            return now_s >= self._next_beat_s
        if self._is_acknowledged:
            return True
        return now_s > self._heard_at_s + self.patience_s and now_s >= self._next_beat_s

    def _may_hurry(self) -> bool:
        return self.has_own_time and (self.hurry_until_ms is None or self.now_ms < self.hurry_until_ms)

    def _advance(self) -> None:
        self.wiring.read(self.commands)
        self.plant.tick(self.commands, self.readings)
        self.now_ms += BEAT_MS
        self.beat += 1
        self._fill_frame()
        self._remember()
        now_s = time.monotonic()
        # A laptop that was asleep doesn't make up for it.
        self._next_beat_s = max(self._next_beat_s + BEAT_MS / 1000, now_s - 0.1)
        if self.has_own_time:
            self._next_beat_s = now_s + BEAT_MS / 1000
        self._is_acknowledged = False
        self._send_frame()

    def _fill_frame(self) -> None:
        frame = self._frame
        frame[BEAT], frame[NOW_MS] = self.beat, self.now_ms
        levels = self._levels()
        frame[LEVELS_LOW] = _signed(levels & 0xFFFFFFFF)
        frame[LEVELS_HIGH] = levels >> 32
        self.electric.fill_in(frame, self.readings)

    def _levels(self) -> int:
        """Buttons that are let go read high, or low if the board says so."""
        table: dict[str, Any] = self.board.table.get("buttons", {})
        is_active_low = table.get("active_low", True)
        levels = 0
        for button in _BUTTONS:
            if button in table:
                is_pressed = self._pressed_until_ms.get(button, 0) > self.now_ms
                levels |= int(is_pressed != is_active_low) << table[button]
        return levels

    def _remember(self) -> None:
        commands = self.commands
        self.history.append(
            Moment(
                self.now_ms,
                tuple(self._frame),
                commands.fill_bits,
                commands.seal_bits,
                commands.pump_permille,
                commands.gate_on,
                self.highest_mmhg(),
                len(self.tick_us),
            )
        )

    def _send_frame(self) -> None:
        if self._interpreter:
            # A hanging interpreter takes no frames.
            with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                self._interpreter.line.send(FRAME.pack(*self._frame))

    def _boot(self, why: str) -> None:
        self._forget_life()
        self._note(f"boot: {why}")
        self._interpreter = Interpreter(self._config(), Path(self._folder.name), self.heap_bytes)
        self._fill_frame()
        self._send_frame()

    def _config(self) -> dict[str, Any]:
        return {
            "flash": str(self.flash.resolve()),
            "flash_bytes": self.flash_bytes,
            "flash_write_ms": self.flash_write_ms,
            "has_own_time": self.has_own_time,
            "reset_cause": self._reset_cause,
            "memory": self.memory.hex(),
            "is_raw": self.terminal.is_raw,
            "i2c": _i2c_table(self.board.table),
        }

    def _soft_reset(self) -> None:
        """The interpreter starts anew; pins and watchdog go on as they are."""
        watchdog = self._watchdog_ms, self._fed_at_ms
        self._end_life()
        first_typed = self.terminal.say_soft_reboot()
        self._boot("soft reset")
        self._watchdog_ms, self._fed_at_ms = watchdog
        if first_typed:
            self._type(first_typed)

    def _hard_reset(self, why: str, cause: int) -> None:
        self._end_life()
        self._release(why)
        self.terminal.say_hard_reset()
        self._reset_cause = cause
        if self._has_power:
            self._boot(why)

    def _release(self, why: str) -> None:
        self.wiring.pins.release_all()
        self._note(f"released: {why}")

    def _end_life(self) -> None:
        if self._interpreter:
            self._interpreter.close()
            self._interpreter = None

    def _forget_life(self) -> None:
        self._records = RecordReader()
        self._typed = b""
        self._timer_bits = 0
        self._watchdog_ms = 0
        self._fed_at_ms = 0
        self._stalled_until_ms = 0
        self._is_acknowledged = False
        self._next_beat_s = time.monotonic()
        self._heard_at_s = time.monotonic()

    def _note(self, what: str) -> None:
        self.happenings.append(Happening(self.now_ms, time.monotonic(), what, self.highest_mmhg()))


def _display(board: Board) -> Ssd1306 | None:
    """As it is when power comes."""
    table = board.table.get("display")
    return Ssd1306(table["width"], table["height"]) if table else None


def _i2c_table(board: dict[str, Any]) -> dict[str, Any]:
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
