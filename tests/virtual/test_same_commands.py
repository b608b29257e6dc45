"""What the virtual board's pins do is what the core says to the same readings, tick by tick.

The frames that went to the board are read by the drivers' own arithmetic, here in CPython, and given
to the core; what it commands must be what was then on the pins.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from host_tools.boards import Board, load_board
from host_tools.virtual.board import Moment
from host_tools.virtual.frames import LEVELS_HIGH, LEVELS_LOW, NO_ANSWER, SENSORS, UV
from soleus.core.controller import Controller
from soleus.core.program import Program
from soleus.core.session import DONE, STATE_NAMES
from soleus.drivers.calibration import Line
from soleus.drivers.parts import COUNTS_AT_ZERO, COUNTS_SPAN, output_permille
from tests.virtual.rig import DEVKIT, DUO, running, wait_for

BEAT_MS = 10


@pytest.mark.parametrize("name", [DEVKIT, DUO])
def test_pins_do_what_the_core_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(name, tmp_path) as (board, console):

        def state() -> str:
            return str(console.ask("status")["state"])

        board.press("start_stop", 100)
        wait_for(board, console, lambda: console.ask("status")["run_ms"] > 20_000)
        board.press("softer", 50)
        wait_for(board, console, lambda: console.ask("status")["run_ms"] > 30_000)
        board.press("stop", 50)
        wait_for(board, console, lambda: state() == "done")
        history = list(board.history)
        program = json.loads((board.flash / "programs" / "easy-run.json").read_text())
    ticks, ended_in = replay(load_board(name), program, history, monkeypatch)
    assert ticks > 3000
    assert ended_in == "done"


def replay(
    board: Board, program: dict[str, object], history: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str]:
    pins = FakePins(monkeypatch)
    from soleus.drivers.buttons import Buttons

    buttons = Buttons(board.table["buttons"])
    controller = Controller(board.boots)
    controller.load(Program.from_table(program), 0, 0)
    reader = Reader(board)
    ticks = 0
    # What a tick commands is on the pins when the next beat begins.
    for moment, after in pairwise(history):
        if after.ticks_count == moment.ticks_count:
            continue
        pins.frame = moment.frame
        reader.read(moment.frame, controller)
        controller.readings.buttons = buttons.step(controller.session.state, BEAT_MS)
        commands = controller.step(controller.readings, BEAT_MS)
        said = (commands.fill_bits, commands.seal_bits, commands.pump_permille)
        assert said == (after.fill_bits, after.seal_bits, after.pump_permille), f"at {moment.at_ms} ms"
        if board.boots.has_gate:
            assert commands.gate_on == after.gate_on
        ticks += 1
        if controller.session.state == DONE:
            break
    return ticks, STATE_NAMES[controller.session.state]


class FakePins:
    """`machine` as far as the buttons' driver needs it, with the levels of a recorded frame."""

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

        machine = ModuleType("machine")
        machine.Pin = Pin  # type: ignore[attr-defined]
        micropython = ModuleType("micropython")
        micropython.const = lambda value: value  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "machine", machine)
        monkeypatch.setitem(sys.modules, "micropython", micropython)
        monkeypatch.delitem(sys.modules, "soleus.drivers.buttons", raising=False)


class Reader:
    """From microvolts and counts to pascals, as the drivers do it."""

    def __init__(self, board: Board) -> None:
        self.sensors = board.table["sensors"]
        self.battery = board.table.get("battery")
        range_pa = int(self.sensors["range_kpa"] * 1000)
        if self.sensors["driver"] == "adc":
            zero_permille, full_permille = output_permille(self.sensors["part"])
            supply_mv = self.sensors["supply_mv"]
            self.line = Line(supply_mv * zero_permille, 0, supply_mv * full_permille, range_pa)
        else:
            low_count = COUNTS_AT_ZERO >> 6
            self.line = Line(low_count, 0, low_count + (COUNTS_SPAN >> 6), range_pa)

    def read(self, frame: tuple[int, ...], controller: Controller) -> None:
        readings = controller.readings
        readings.missing_bits = 0
        for index in range(controller.boots.count):
            if self.sensors["driver"] == "adc":
                readings.chamber_pa[index] = self.line.pa(frame[UV + self.sensors["pins"][index]])
            elif frame[SENSORS + index] == NO_ANSWER:
                readings.missing_bits |= 1 << index
            else:
                readings.chamber_pa[index] = self.line.pa(frame[SENSORS + index] >> 6)
        if self.battery:
            ratio_x1024 = (
                (self.battery["top_ohm"] + self.battery["bottom_ohm"]) * 1024 // self.battery["bottom_ohm"]
            )
            readings.supply_mv = frame[UV + self.battery["pin"]] // 1000 * ratio_x1024 >> 10
