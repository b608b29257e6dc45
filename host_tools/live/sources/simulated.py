"""The simulator as a source: the firmware's own core, and boots that can be broken."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.live.about import about, breakable, of_board
from host_tools.live.acts import PRESSES, SPEEDS, Act, Anew, Break, Mend, Press, Speed
from host_tools.live.framer import Columns, Framer, code_of
from host_tools.live.frames.frame import About, Event, Frame, Panel
from host_tools.live.frames.update import FRAMES_MOST
from host_tools.live.source import RefusedError, Repeated
from host_tools.live.sources.plant_changes import PlantChanges, changed_plant
from host_tools.live.sources.session_command import Lived
from host_tools.live.sources.stepping import Stepping
from host_tools.sim.recording import joined
from host_tools.sim.request import Request, prepare
from host_tools.sim.trace import Trace
from host_tools.sim.user_events import parse_event, refuse_beyond_the_end
from soleus.core.basics.limits import TICK_MS
from soleus.core.session.session import STATE_NAMES

# At `--speed max`: work for so long, then show it.
WORK_S = 0.05
TICKS_AT_ONCE = 1000
# After a fault time goes on: it is cleared after 10 s, by a press.
AFTER_FAULT_MS = 60_000
NOTE = "a model of the boots, moved by the firmware's own core; pressures are the true ones of the model"


class Simulated:
    def __init__(
        self,
        program: str,
        board: str,
        plant: str,
        *,
        minutes: int | None = None,
        pressure: int | None = None,
        seed: int = 0,
        speed: str = "1",
        say: Callable[[str], None] = lambda _: None,
        keeps_trace: bool = False,
    ) -> None:
        self.trouble = ""
        self.speed = speed
        self._say = say
        self._board = board
        self._folder = tempfile.TemporaryDirectory(prefix="soleus-live-")
        self._columns: list[Columns] | None = [] if keeps_trace else None
        self._begin(program, prepare(program, board, plant, minutes, pressure, seed=seed), plant, "")

    def _begin(self, program: str, request: Request, plant: str, plant_text: str) -> None:
        self._stepping = Stepping(request, self._say)
        self._framer = Framer(request.board.boots.names)
        self._lived = Lived(request, program, plant)
        self._plant_text = plant_text
        self._owed_s = 0.0
        self._stops_at_ms: int | None = None
        # How far the session had come when it ended by itself.
        self._ended = False
        if self._columns is not None:
            self._columns = []
        self.about: About = about(
            request.board.boots,
            "sim",
            title=request.program.title,
            program=program,
            plant=request.plant_name if plant_text else plant,
            seed=request.seed,
            minutes=request.minutes,
            pressure_mmhg=request.pressure_mmhg,
            pressure_is="true",
            faults=breakable(request.board),
            presses=list(PRESSES),
            speeds=list(SPEEDS),
            can_begin_anew=True,
            can_repeat=True,
            note=NOTE,
            **of_board(request.board),
        )

    def advance(self, passed_s: float) -> list[Frame]:
        columns = self._ticks(passed_s)
        if columns is None or not len(columns["time_ms"]):
            return []
        if self._columns is not None:
            self._columns.append(columns)
        beside = self._stepping.beside(int(columns["dt_ms"].max()))
        frames = self._framer.frames(columns, beside, FRAMES_MOST)
        self._look_at_end()
        return frames

    @property
    def is_plain(self) -> bool:
        """The core runs as plain Python: it isn't compiled yet."""
        return self._stepping.is_plain

    @property
    def now_ms(self) -> int:
        return self._stepping.now_ms

    def trace(self) -> Trace:
        """Every tick so far, for whoever asked to keep them."""
        return joined(self.about["chambers"], self._columns or [])

    def new_events(self) -> list[Event]:
        return self._framer.taken_events()

    def past(self) -> list[Frame]:
        return []

    def panel(self) -> Panel | None:
        return None

    def checklist(self) -> None:
        return None

    def silent_s(self) -> float:
        return 0.0

    def close(self) -> None:
        self._folder.cleanup()

    def act(self, act: Act) -> str:
        try:
            return self._do(act)
        except InputError as error:
            raise RefusedError(str(error)) from None

    def _do(self, act: Act) -> str:
        match act:
            case Press():
                return self._press(act.button)
            case Break():
                return self._break(act.fault)
            case Mend():
                return self._mend(act.fault)
            case Speed():
                self.speed = act.speed
                return "time stands still" if act.speed == "0" else f"speed {act.speed}"
            case Anew():
                return self._begin_anew(act)
            case _:
                raise RefusedError("a simulation can't do that")

    def _press(self, button: str) -> str:
        at_ms = self._stepping.now_ms + TICK_MS
        events = [parse_event(text) for text in [*self._lived.events, f"{button}@{at_ms / 1000:.2f}s"]]
        refuse_beyond_the_end(events, self._lived.request.minutes * 60_000)
        self._lived.press_at(button, self._stepping.press(button))
        self._stops_at_ms = None
        self._ended = False
        self._framer.add(at_ms, "act", button)
        return button

    def _break(self, fault: str) -> str:
        if fault in self._lived.lasting():
            raise RefusedError(f"{fault} is there already; mend it first")
        at_ms = self._stepping.break_part(fault)
        self._lived.break_at(fault, at_ms)
        component, _, mode = fault.partition(":")
        self._framer.add(at_ms, "broken", fault, self.about["faults"].get(component, {}).get(mode, ""))
        return f"{fault}, from {at_ms / 1000:.2f} s on"

    def _mend(self, fault: str) -> str:
        if fault not in self._lived.lasting():
            raise RefusedError(f"{fault} isn't broken now")
        at_ms = self._stepping.mend_part(fault)
        self._lived.mend_at(fault, at_ms)
        self._framer.add(at_ms, "mended", fault)
        return f"{fault} mended"

    def _begin_anew(self, act: Anew) -> str:
        changes = PlantChanges(act.size_percent, act.softness_percent, act.movements_per_min)
        plant, text = act.plant, ""
        if not changes.are_none:
            file = changed_plant(plant, changes, Path(self._folder.name))
            plant, text = file.name, file.read_text(encoding="utf-8")
        place = Path(self._folder.name) / plant if text else plant
        request = prepare(act.program, self._board, place, act.minutes, act.pressure_mmhg, seed=act.seed)
        self._begin(act.program, request, plant, text)
        return "a new session"

    def repeat(self) -> Repeated:
        return {"command": self.command(), "files": self.as_files()}

    def command(self) -> str:
        """Repeats everything up to now, tick for tick."""
        return self._lived.command(None if self._ended else self._stepping.now_ms)

    def as_files(self) -> dict[str, str]:
        """What a person may keep: the session as a test, and the plant that was chosen for it."""
        controller = self._stepping.controller
        until_ms = None if self._ended else self._stepping.now_ms
        state, code = STATE_NAMES[controller.session.state], code_of(controller.latch.code)
        files = {"test_live_session.py": self._lived.test(until_ms, state, code)}
        if self._plant_text:
            files[self._lived.plant] = self._plant_text
        return files

    def _ticks(self, passed_s: float) -> Columns | None:
        if self._stepping.has_ended or self.speed == "0":
            return None
        if self.speed == "max":
            return self._ticks_for(time.monotonic() + WORK_S)
        self._owed_s += passed_s * float(self.speed)
        ticks_count = int(self._owed_s * 1000 / TICK_MS)
        if ticks_count == 0:
            return None
        self._owed_s -= ticks_count * TICK_MS / 1000
        return self._stepping.advance(ticks_count)

    def _ticks_for(self, until_s: float) -> Columns:
        parts = [self._stepping.advance(self._at_once())]
        while time.monotonic() < until_s and not self._stepping.has_ended:
            parts.append(self._stepping.advance(self._at_once()))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _at_once(self) -> int:
        return 50 if self._stepping.is_plain else TICKS_AT_ONCE

    def _look_at_end(self) -> None:
        stepping = self._stepping
        if stepping.has_ended:
            self._ended = True
            if stepping.is_in_fault and self._stops_at_ms is None:
                self._stops_at_ms = stepping.now_ms + AFTER_FAULT_MS
                stepping.wait_for_a_person()
        elif self._stops_at_ms is not None and stepping.now_ms >= self._stops_at_ms:
            stepping.has_ended = True
