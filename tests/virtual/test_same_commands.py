"""What the virtual board's pins do is what `soleus sim` records for the same readings, tick by tick.

The frames that went to the board are read by the drivers' own arithmetic, here in CPython, and played
to the simulator in the place of its plant: what its rows then hold must have been on the pins.
"""

import sys
import time
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from host_tools.catalogue.boards import Board, load_board
from host_tools.plant.parts.sensors import MEAN_TICKS
from host_tools.sim import loop
from host_tools.sim.recording import TraceRows
from host_tools.sim.request import prepare
from host_tools.virtual.journal import Moment
from host_tools.virtual.processor.frames import LEVELS_HIGH, LEVELS_LOW, NO_ANSWER, SENSORS, UV
from soleus.core.basics.limits import TICK_MS
from soleus.core.basics.signals import BUTTON_START, Readings
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.session.session import DONE
from soleus.drivers.sensing.calibration import Line
from soleus.drivers.sensing.parts import COUNTS_AT_ZERO, COUNTS_SPAN, has_turns, output_permille
from tests.virtual.rig import DEVKIT, DUO, ONE_SENSOR, begin_by_buttons, running, wait_for

PROGRAM = "easy-run"
# More than the check of the sensors takes before the first valve moves.
CHECKED_MOST_TICKS = 400


@pytest.mark.parametrize("name", [DEVKIT, DUO, ONE_SENSOR])
def test_pins_do_what_the_simulator_records(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a chip whose work costs nothing, so that every tick comes after exactly 10 ms.
    with running(name, tmp_path, chip=None) as (board, console):

        def state() -> str:
            return str(console.ask("status")["state"])

        assert console.ask("status")["program"] == PROGRAM
        begin_by_buttons(board, console)
        wait_for(board, console, lambda: console.ask("status")["run_ms"] > 20_000)
        board.press("softer", 50)
        wait_for(board, console, lambda: console.ask("status")["run_ms"] > 30_000)
        board.press("stop", 50)
        wait_for(board, console, lambda: state() == "done")
        history = list(board.journal.history)
    commands = ["fill_bits", "seal_bits", "pump_permille"]
    if load_board(name).boots.has_gate:
        commands.append("gate_on")
    # What a tick commands is on the pins when the next beat begins.
    pins = np.array([[getattr(after, command) for command in commands] for _, after in ticks_of(history)])
    board_file = load_board(name)
    first = int(np.flatnonzero(pins[:, 0])[0])
    early = simulated(
        board_file, history, monkeypatch, first - CHECKED_MOST_TICKS, first, hears_buttons=False
    )
    # The panel starts the session beside the tick: from there to the first valve, both take the same time.
    start_tick = 2 * first - CHECKED_MOST_TICKS - int(np.flatnonzero(early.fill_bits[: early.ticks_count])[0])
    rows = simulated(board_file, history, monkeypatch, start_tick, len(pins))
    recorded = np.stack([getattr(rows, command)[: rows.ticks_count] for command in commands], axis=1)
    different = np.flatnonzero((recorded != pins[: rows.ticks_count]).any(axis=1))
    assert not len(different), f"tick {different[0]}: {recorded[different[0]]} {pins[different[0]]}"
    assert rows.ticks_count > 3000
    assert rows.state[rows.ticks_count - 1] == DONE
    assert rows.pump_permille.max() > 500


def ticks_of(history: list[Moment]) -> list[tuple[Moment, Moment]]:
    return [pair for pair in pairwise(history) if pair[1].ticks_count != pair[0].ticks_count]


def simulated(
    board: Board,
    history: list[Moment],
    monkeypatch: pytest.MonkeyPatch,
    start_tick: int,
    ticks: int,
    hears_buttons: bool = True,
) -> TraceRows:
    """`soleus sim`'s own loop and rows, uncompiled, which does the same: tests/sim/test_compiled.py."""
    request = prepare(PROGRAM, board, "nominal")
    controller = Controller(request.board.boots)
    make_ready(controller, request.program, request.minutes, request.pressure_mmhg)
    moments = [moment for moment, _ in ticks_of(history)]
    played = Played(board, controller, moments, FakePins(monkeypatch))
    played.start_at_ms, played.hears_buttons = start_tick * TICK_MS, hears_buttons
    rows = TraceRows(board.boots.count, len(moments))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("pressed_buttons", "record", "has_ended"):
            patch.setattr(loop, name, getattr(loop, name).py_func)
        for _ in moments[:ticks]:
            loop.run_tick.py_func(controller, played, played.acts, rows)
            if controller.session.state == DONE:
                break
    return rows


class Played:
    """Takes the place of plant and person: plays back what was recorded of both."""

    def __init__(self, board: Board, controller: Controller, moments: list[Moment], pins: "FakePins") -> None:
        from soleus.services.presses import Presses

        self.controller, self.pins = controller, pins
        self.moments = iter(moments)
        self.reader = Reader(board)
        self.start_at_ms, self.hears_buttons = 0, True
        self.presses = Presses(board.table["buttons"])
        self.now_ms, self.dt_ms, self.tick_ms = -TICK_MS, TICK_MS, TICK_MS
        self.acts: Any = SimpleNamespace(
            at_ms=[], buttons=[], next_index=0, after_end_ms=0, is_endless=1, asleep_at_ms=0
        )
        nothing = np.zeros(board.boots.count)
        self.truth = SimpleNamespace(
            manifold_max_mmhg=0, pump_flow_ml_s=0, supply_v=0, pressure_mmhg=nothing, air_ml=nothing
        )

    def tick(self, _commands: object, readings: Readings) -> None:
        moment = next(self.moments)
        self.now_ms += TICK_MS
        self.pins.frame = moment.frame
        self.reader.read(moment.frame, readings)
        self.acts.at_ms.append(self.now_ms)
        pressed = self.presses.step(self.controller.session.state, TICK_MS)
        start = BUTTON_START if self.now_ms == self.start_at_ms else 0
        self.acts.buttons.append(start | (pressed if self.hears_buttons else 0))


class FakePins:
    """As much of `machine` as the buttons need, with the levels of a recorded frame."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.frame: tuple[int, ...] = ()
        pins = self

        class Pin:
            IN, PULL_UP, PULL_DOWN = 1, 2, 1

            def __init__(self, number: int, *_: object) -> None:
                self.number = number

            def value(self) -> int:
                levels = pins.frame[LEVELS_LOW] & 0xFFFFFFFF | pins.frame[LEVELS_HIGH] << 32
                return levels >> self.number & 1

        for name, content in (("machine", {"Pin": Pin}), ("micropython", {"const": lambda value: value})):
            module = ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)
        for name in ("soleus.drivers.panel.buttons", "soleus.services.presses"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        # Nobody asks here when a button was pressed.
        monkeypatch.setattr(time, "ticks_ms", lambda: 0, raising=False)


class Reader:
    """Makes pascals of microvolts and counts, as the drivers do."""

    def __init__(self, board: Board) -> None:
        self.boots = board.boots
        self.sensors = board.table["sensors"]
        self.battery = board.table.get("battery")
        # Of sensors that are read in turns, the half that isn't read keeps what it showed.
        self.half = self.boots.count // 2 if has_turns(self.sensors) else 0
        self.is_second_half = True
        self.manifold_pa = self.manifold_sum_pa = self.manifold_ticks = 0
        range_pa = int(self.sensors["range_kpa"] * 1000)
        if self.sensors["driver"] == "adc":
            zero_permille, full_permille = output_permille(self.sensors["part"])
            supply_mv = self.sensors["supply_mv"]
            self.line = Line(supply_mv * zero_permille, 0, supply_mv * full_permille, range_pa)
        else:
            low_count = COUNTS_AT_ZERO >> 6
            self.line = Line(low_count, 0, low_count + (COUNTS_SPAN >> 6), range_pa)

    def read(self, frame: tuple[int, ...], readings: Readings) -> None:
        readings.missing_bits = 0
        if self.boots.has_manifold_sensor_only:
            readings.manifold_pa = self._pa(frame, 0) or 0
        else:
            self.is_second_half = not self.is_second_half
            if self.boots.has_manifold_sensor_too and (not self.half or self.is_second_half):
                self.manifold_pa = self._pa(frame, self.boots.count) or 0
            if self.boots.has_manifold_sensor_too:
                self._note_manifold(readings)
            for index in range(self.boots.count):
                if self.half and self.is_second_half != (index >= self.half):
                    continue
                pa = self._pa(frame, index)
                if pa is None:
                    readings.missing_bits |= 1 << index
                else:
                    readings.chamber_pa[index] = pa
        if self.battery:
            ratio_x1024 = (
                (self.battery["top_ohm"] + self.battery["bottom_ohm"]) * 1024 // self.battery["bottom_ohm"]
            )
            readings.supply_mv = frame[UV + self.battery["pin"]] // 1000 * ratio_x1024 >> 10

    def _note_manifold(self, readings: Readings) -> None:
        """Beside the chambers' sensors it comes as a mean."""
        self.manifold_sum_pa += self.manifold_pa
        self.manifold_ticks += 1
        if self.manifold_ticks == MEAN_TICKS:
            readings.manifold_pa = self.manifold_sum_pa // MEAN_TICKS
            self.manifold_sum_pa = self.manifold_ticks = 0

    def _pa(self, frame: tuple[int, ...], index: int) -> int | None:
        if self.sensors["driver"] == "adc":
            return self.line.pa(frame[UV + self.sensors["pins"][index]])
        count = frame[SENSORS + index]
        return None if count == NO_ANSWER else self.line.pa((count >> 8) << 2)
