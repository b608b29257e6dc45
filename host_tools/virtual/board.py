"""The virtual board: interpreter, pins, plant and time, and everything that can happen to them."""

import select
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from host_tools.basics.defaults import DEFAULT_PLANT
from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import Chip
from host_tools.plant.faults import Fault, parse_fault
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.plant import Plant
from host_tools.virtual.chip_costs import costs_on
from host_tools.virtual.flash_image import FlashImage
from host_tools.virtual.hardware import Hardware, i2c_table
from host_tools.virtual.journal import Journal
from host_tools.virtual.pace import Pace
from host_tools.virtual.processor.frames import FlashWork, Kind, Record
from host_tools.virtual.processor.interpreter import refuse_without_unix_port
from host_tools.virtual.processor.processor import (
    HARD_RESET,
    PWRON_RESET,
    WDT_RESET,
    Life,
    Processor,
)
from host_tools.virtual.terminal import Terminal

# In bytes of a chip: the heap that the chip's stand-ins take before boot.py runs. The table that they make
# for the program's names counts for what the program's own would have taken.
STAND_INS_BYTES = 31 * 1024
FREE_CHIP_HEAP_BYTES = 160 * 1024
FREE_CHIP_CLOCK_HZ = 240_000_000
PATIENCE_S = 1.0
# For people: a computer that is busier than that looks like a program without an end.
PERSONS_PATIENCE_S = 5.0
WAIT_MOST_S = 0.01
# What is worth a word about a computer that was late, and how often.
LATE_LEAST_S, TOLD_EVERY_S = 0.2, 10.0


class VirtualBoard:
    """`with VirtualBoard(...) as board:` runs it in a thread; `board.port` is what mpremote connects to."""

    def __init__(
        self,
        board: Board,
        flash: Path,
        *,
        plant: str | PlantSpec = DEFAULT_PLANT,
        seed: int = 0,
        has_own_time: bool = False,
        is_real_time: bool = False,
        chip: Chip | None = None,
        has_adc_calibration: bool = True,
        outside: Path | None = None,
        patience_s: float = PATIENCE_S,
        on_late: Callable[[float], None] | None = None,
        is_on: bool = True,
        moments_most: int | None = None,
    ) -> None:
        """`flash` is the file that holds it. `is_real_time`, with its own time: never faster than the clock,
        slower where this computer is, and `on_late` is told how long its time stood still. `chip` says what
        work costs; without it work costs nothing but the laptop's time. `outside` is a folder of the host
        that the program sees as /outside. Without `is_on` the board waits for `power_on`, so that whoever
        listens misses nothing. `moments_most`: so much of its journal is kept; else all of it.
        """
        refuse_without_unix_port()
        self.board = board
        self.chip = chip
        self.flash = FlashImage(flash)
        self.outside = outside
        if not flash.exists():
            self.flash.erase()
        spec = plant if isinstance(plant, PlantSpec) else load_plant(plant)
        self.hardware = Hardware(board, spec, seed, is_compiled=has_own_time and not is_real_time)
        self.journal = Journal(moments_most)
        self.pace = Pace(has_own_time, patience_s, is_real_time)
        self._on_late = on_late
        self._told_s = self._told_at_s = 0.0
        self.terminal = Terminal()
        config = {
            "image": str(flash.resolve()),
            "costs": costs_on(chip, board) if chip else {},
            "clock_hz": chip.clock_hz if chip else FREE_CHIP_CLOCK_HZ,
            "default_clock_hz": chip.default_clock_hz if chip else FREE_CHIP_CLOCK_HZ,
            "has_adc_calibration": has_adc_calibration,
            "outside": str(outside.resolve()) if outside else "",
            "has_own_time": has_own_time,
            "i2c": i2c_table(board.table),
        }
        free_bytes = int(chip["heap_bytes"]) if chip else FREE_CHIP_HEAP_BYTES
        self._processor = Processor(config, free_bytes + STAND_INS_BYTES)
        self._is_on_at_once = is_on
        self._has_power = False
        # What it waits for, and whose output that is.
        self._polled_life: Life | None = None
        self._poll = self._poll_for(None)
        self._is_stopping = False
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "VirtualBoard":
        self._thread.start()
        if self._is_on_at_once:
            self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._is_stopping = True
        self._thread.join()
        self._processor.close()
        self.terminal.close()

    @property
    def port(self) -> str:
        return self.terminal.port

    @property
    def now_ms(self) -> int:
        """Its own time since it was built."""
        return self.hardware.now_ms

    # --- what can happen to the board at any moment ---

    def power_on(self) -> None:
        with self._lock:
            if not self._has_power:
                self._has_power = True
                self._processor.reset_cause = PWRON_RESET
                self._start("power on")

    def power_off(self) -> None:
        """Everything that needs power loses its state: pins, valves, the clock's memory."""
        with self._lock:
            self._has_power = False
            self._processor.lose_power()
            self.hardware.lose_power()
            self._note("released: power off")

    def brown_out(self) -> None:
        """The supply sags below what the chip needs, for a moment."""
        with self._lock:
            self._hard_reset("brown-out", PWRON_RESET)
            self._processor.forget()
            self.hardware.forget_display()

    def hang(self) -> None:
        """The processor stops where it is; only the watchdog can end that."""
        with self._lock:
            if self._processor.life:
                self._processor.life.freeze()
            self._note("hang")

    def kill(self) -> None:
        """The interpreter dies in the middle of whatever it does."""
        with self._lock:
            self._note("kill")
            if self._processor.life:
                self._processor.life.interpreter.process.kill()

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
        """Break a part from now on: `sensor.left.calf:off`, as on the command line without a time."""
        with self._lock:
            self.hardware.change(lambda plant: plant.set_fault(self._from_now_on(fault, plant)))
            self._note(fault)

    def hang_bus(self, is_hung: bool = True) -> None:
        """From the next beat on: somebody holds the clock of the I2C bus low."""
        with self._lock:
            self.hardware.is_bus_hung = is_hung

    def change(self, do: Callable[[Plant], Any]) -> Any:
        """Do what a person does to the boots, between two beats."""
        with self._lock:
            return self.hardware.change(do)

    def _from_now_on(self, fault: str, plant: Plant) -> Fault:
        return parse_fault(f"{fault}@{plant.now_ms / 1000:.2f}s", self.board.boots, has_bus(self.board.table))

    def press(self, button: str, ms: int = 100) -> int:
        """When it was pressed, in the board's milliseconds: they may go on before a laptop looks again."""
        with self._lock:
            pressed_ms = self.now_ms
            self.hardware.buttons.press(button, pressed_ms + ms)
        return pressed_ms

    def save_display(self, file: Path) -> None:
        if self.hardware.display is None:
            raise ValueError(f"{self.board.name} has no display")
        with self._lock:
            self.hardware.display.save(file)

    # --- what can be seen of the board ---

    def wait_until(self, is_so: Callable[["VirtualBoard"], bool], timeout_s: float = 20.0) -> None:
        """Wait by the laptop's clock. Where nothing talks to the board, `pace.run_freely` is faster."""
        until_s = time.monotonic() + timeout_s
        while not is_so(self):
            if time.monotonic() > until_s:
                raise TimeoutError(f"not so within {timeout_s} s")
            time.sleep(0.002)

    def run_until(self, is_so: Callable[["VirtualBoard"], bool], timeout_s: float = 20.0) -> None:
        """Wait while nothing talks to the board, and let its own time run."""
        with self.pace.run_freely():
            self.wait_until(is_so, timeout_s)

    def is_vented(self) -> bool:
        """True if nothing is energised, by its pins."""
        with self._lock:
            return self.hardware.wiring.is_all_vent()

    @property
    def is_at_prompt(self) -> bool:
        """True if no program runs: whoever types speaks to MicroPython."""
        life = self._processor.life
        return life is not None and life.is_at_prompt

    @property
    def watchdog_longest_ms(self) -> int:
        """How long the watchdog had to wait to be fed, at most."""
        return self._processor.watchdog.longest_ms

    def highest_mmhg(self) -> float:
        return self.hardware.highest_mmhg()

    # --- the board's own thread ---

    def _run(self) -> None:
        while not self._is_stopping:
            self._wait_for_something()
            with self._lock:
                self._carry_terminal()
                self._take_records()
                self._look_at_interpreter()
                self._let_time_pass()
            self._tell_of_lateness()

    def _tell_of_lateness(self) -> None:
        waited_s, now_s = self.pace.waited_s - self._told_s, time.monotonic()
        if self._on_late and waited_s > LATE_LEAST_S and now_s > self._told_at_s + TOLD_EVERY_S:
            self._told_s, self._told_at_s = self.pace.waited_s, now_s
            self._on_late(waited_s)

    def _wait_for_something(self) -> None:
        """Wait for bytes on a line, or for the next beat."""
        with self._lock:
            life = self._processor.life
            if life is not self._polled_life:
                self._poll, self._polled_life = self._poll_for(life), life
        self._poll.poll(min(self.pace.wait_s(), WAIT_MOST_S) * 1000)

    def _poll_for(self, life: Life | None) -> select.poll:
        poll = select.poll()
        for descriptor in (self.terminal.master, *(life.descriptors() if life else ())):
            poll.register(descriptor, select.POLLIN)
        return poll

    def _carry_terminal(self) -> None:
        received = self.terminal.received()
        if received:
            self.pace.note_heard(self.now_ms)
        life = self._processor.life
        if life:
            life.type(received)
            self.terminal.send(life.printed())

    def _take_records(self) -> None:
        life = self._processor.life
        for record in life.records() if life else ():
            self._take(record, life)

    def _take(self, record: Record, life: Life | None) -> None:
        kind = record.kind
        if kind in (Kind.PIN, Kind.PWM, Kind.I2C):
            self.hardware.take(record)
        elif kind in (Kind.DONE, Kind.TIMERS) and life:
            life.take(record)
        elif kind == Kind.TOOK:
            self.journal.note_tick(record.value)
        elif kind == Kind.WDT:
            self._processor.watchdog.take(record, self.now_ms)
        elif kind == Kind.FLASH:
            self.journal.note_flash(FlashWork(record.small), self.hardware)
        elif kind == Kind.IMPORT:
            self.journal.note_import(record.content.decode(), self.hardware)
        elif kind == Kind.PROMPT and life:
            life.take(record)
        elif kind == Kind.MEMORY:
            self._processor.memory = record.content
        elif kind == Kind.RESET:
            self._hard_reset("machine.reset", HARD_RESET, keeps_pins=True)

    def _look_at_interpreter(self) -> None:
        life = self._processor.life
        if life is None:
            return
        if not life.interpreter.has_ended():
            if self._processor.watchdog.bites(self.now_ms):
                self._hard_reset("watchdog", WDT_RESET, keeps_pins=True)
            return
        # What it has printed last.
        self._carry_terminal()
        self._take_records()
        if life is not self._processor.life:
            return
        if life.interpreter.was_killed():
            self._hard_reset("crash", HARD_RESET)
        else:
            self._soft_reset()

    def _let_time_pass(self) -> None:
        while self.pace.is_beat_due(self._processor.life, self.hardware):
            self.hardware.pass_beat()
            self.journal.note_beat(self.hardware)
            self.pace.note_beat()
            if self._processor.life:
                self._processor.life.send_frame(self.hardware.packed_frame())
            if self.pace.has_own_time:
                # What the program does in this beat comes before the next one.
                break

    def _start(self, why: str) -> None:
        self._processor.watchdog.stop()
        self._boot(why)

    def _boot(self, why: str) -> None:
        self._note(f"boot: {why}")
        self.pace.start()
        self._processor.start(self.hardware.packed_frame(), self.terminal.is_raw)

    def _soft_reset(self) -> None:
        """The interpreter starts anew; pins and watchdog stay as they are."""
        self._processor.stop()
        first_typed = self.terminal.say_soft_reboot()
        self._boot("soft reset")
        if first_typed and self._processor.life:
            self._processor.life.type(first_typed)

    def _hard_reset(self, why: str, cause: int, keeps_pins: bool = False) -> None:
        """The reset button and a loss of power release the pins. After a reset by the watchdog or a program
        they stay as they were until boot.py vents: it resets the processor, not what drives the pins."""
        self._processor.stop()
        if keeps_pins:
            self._note(why)
        else:
            self.hardware.release_pins()
            self._note(f"released: {why}")
        self.terminal.say_hard_reset()
        self._processor.reset_cause = cause
        if self._has_power:
            self._start(why)

    def _note(self, what: str) -> None:
        self.journal.note(what, self.hardware)
