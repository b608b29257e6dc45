"""The control tick, every 10 ms: inputs, one step of the core, outputs.

`machine.Timer` calls it between two bytecodes of whatever else runs, so no service can delay it; only a
flash write can, because it stops the whole chip. The tick allocates nothing, and runs with the heap locked:
MicroPython takes the memory of a function with more than eleven variables from the heap, if it may, and
collects garbage if it finds none, which would take 10 ms of the tick. From a locked heap it takes none, but
from the stack.
"""

from time import ticks_diff, ticks_ms, ticks_us

from machine import Timer
from micropython import const, heap_lock, heap_unlock

from soleus.basics.annotations import Any, Callable
from soleus.core.basics.limits import TICK_MS, VENT_MOST_MS
from soleus.core.controller import Controller
from soleus.core.session.session import DONE, IDLE
from soleus.drivers.board_parts import BoardParts
from soleus.services.presses import Presses

# After a long call a chip makes up for the ticks that it held up, one right after the other: sensors have not
# measured anew by then, and nothing has changed. 0 ms is another matter: that clock stands still.
_SOON_MS = const(8)
# Services can press each of the core's buttons, too.
_BUTTON_COUNT = const(9)


class Tick:
    def __init__(
        self,
        controller: Controller,
        parts: BoardParts,
        presses: "Presses | None",
        boot: Any,
        record: Callable,
    ) -> None:
        self.controller = controller
        self.sensors = parts.sensors
        self.battery = parts.battery
        self.presses = presses
        self.outputs = parts.outputs
        self.read = self.sensors.read_chambers
        if controller.boots.has_manifold_sensor_only:
            self.read = self.sensors.read_manifold
        self.vent = boot.vent
        self.feed = boot.WATCHDOG.feed
        self.record = record
        # Services count up what they ask for, the tick what it has handled. Each list has one writer, so no
        # press is lost.
        self.asked_count = [0] * _BUTTON_COUNT
        self.handled_count = [0] * _BUTTON_COUNT
        self.is_loading = False
        # While a bench is connected: records every tick for it.
        self.tape = None
        self.is_over = False
        # Only a tick that was broken off leaves it set.
        self.has_begun = False
        # More than one where a tick was broken off on its way out.
        self.heap_locks = 0
        self.failure = None
        # When the last one began, and when it had its readings.
        self.begun_ms = self.last_ms = ticks_ms()
        self.count = 0
        self.gap_most_ms = 0
        # Of the gaps while something was energised: while nothing is, a write to the flash makes longer ones.
        self.gap_energised_ms = 0
        self.was_energised = False
        self.took_us = 0
        self.took_most_us = 0

    def start(self, timer: Timer, stop_feeding: Callable) -> None:
        self.begun_ms = self.last_ms = ticks_ms()
        timer.init(period=TICK_MS, mode=Timer.PERIODIC, callback=self.run)
        stop_feeding()

    def press(self, button: int) -> None:
        """Presses a button as a person would; the next tick sees it."""
        for index in range(_BUTTON_COUNT):
            if button >> index & 1:
                self.asked_count[index] = (self.asked_count[index] + 1) & 0xFFFF

    def run(self, _timer: Timer) -> None:
        # Ctrl-C comes at jumps: there is none before the `try` of what is called.
        heap_lock()
        self.heap_locks += 1
        return self._run_or_end()

    def is_energised(self) -> bool:
        commands = self.controller.commands
        return bool(commands.fill_bits or commands.seal_bits or commands.pump_permille)

    def is_at_rest(self) -> bool:
        """Nothing energised, and every chamber seen empty or open for long: flash may be written."""
        if self.is_energised():
            return False
        emptying = self.controller.gauges.emptying
        for index in range(self.controller.boots.count):
            if not emptying.empty_bits >> index & 1 and emptying.vented_for_ms(index) < VENT_MOST_MS:
                return False
        return True

    def is_idle(self) -> bool:
        state = self.controller.session.state
        return state in (IDLE, DONE)

    def _run_or_end(self) -> None:
        # All of it inside: Ctrl-C that came before or after would be printed and forgotten.
        try:
            if self.is_over:
                self._unlock_heap()
                return
            if self.has_begun:
                # Ctrl-C has come again and again on the way to the vents, and was printed and forgotten.
                raise KeyboardInterrupt
            self.has_begun = True
            self._run()
            self.has_begun = False
            self._unlock_heap()
        except BaseException as error:
            # Even Ctrl-C may arrive here, and once more before the vents are open: the next tick opens them.
            self._end(error)

    def _run(self) -> None:
        started_us = ticks_us()
        now_ms = ticks_ms()
        if 0 < ticks_diff(now_ms, self.begun_ms) < _SOON_MS:
            return
        self.begun_ms = now_ms
        controller = self.controller
        readings = controller.readings
        self.read(readings)
        # At once: a digital sensor needs half of the time until the next tick.
        self.sensors.prepare()
        # Only now: for as long as the sensors took, the outputs have stood, too.
        now_ms = ticks_ms()
        dt_ms = ticks_diff(now_ms, self.last_ms)
        self.last_ms = now_ms
        if self.battery:
            readings.supply_mv = self.battery.read_mv()
        readings.buttons = self._asked_buttons()
        if self.presses:
            readings.buttons |= self.presses.step(controller.session.state, dt_ms)
        if self.is_loading:
            readings.buttons = 0
        self.outputs.apply(controller.step(readings, dt_ms), dt_ms)
        if self.tape:
            self.tape.note(dt_ms)
        self.record(dt_ms)
        self.feed()
        self._measure(started_us, dt_ms)

    def _end(self, error: BaseException) -> None:
        """The vents first: whatever breaks this off, the next tick isn't over and comes here again. The app
        looks at `failure`."""
        while True:
            try:
                self._unlock_heap()
                self.vent()
                self.failure = error
                self.is_over = True
                return
            except KeyboardInterrupt:
                pass

    def _unlock_heap(self) -> None:
        while self.heap_locks:
            self.heap_locks -= 1
            heap_unlock()

    def _asked_buttons(self) -> int:
        # Nearly always.
        if self.handled_count == self.asked_count:
            return 0
        buttons = 0
        for index in range(_BUTTON_COUNT):
            if self.handled_count[index] != self.asked_count[index]:
                self.handled_count[index] = (self.handled_count[index] + 1) & 0xFFFF
                buttons |= 1 << index
        return buttons

    def _measure(self, started_us: Any, dt_ms: int) -> None:
        self.count += 1
        self.took_us = took_us = ticks_diff(ticks_us(), started_us)
        if took_us > self.took_most_us:
            self.took_most_us = took_us
        if dt_ms > self.gap_most_ms:
            self.gap_most_ms = dt_ms
        if self.was_energised and dt_ms > self.gap_energised_ms:
            self.gap_energised_ms = dt_ms
        self.was_energised = self.is_energised()
