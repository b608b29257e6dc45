"""A virtual board as a source: the real firmware, its screen, light and buttons, and boots to break."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from host_tools.basics.errors import InputError, LostBoardError
from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import load_chip
from host_tools.link.console import Console
from host_tools.live.about import about, breakable, of_board
from host_tools.live.acts import Act, Anew, Break, Hold, Mend, Press
from host_tools.live.framer import tenths
from host_tools.live.frames.frame import About, Event, Frame, Panel
from host_tools.live.source import RefusedError, Repeated
from host_tools.live.sources.mending import mend
from host_tools.live.sources.plant_changes import PlantChanges, changed_plant
from host_tools.live.sources.told import Told
from host_tools.plant.faults import Fault, parse_fault
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.files.spec import load_plant
from host_tools.plant.plant import Plant
from host_tools.sim.request import prepare
from host_tools.virtual.board import PERSONS_PATIENCE_S, VirtualBoard
from host_tools.virtual.buttons import BUTTONS
from host_tools.virtual.install import install
from host_tools.virtual.journal import PERSONS_MOMENTS

PERIOD_MS = 50
BOOT_MOST_S = 60.0
VENTED_MOST_S = 20.0
# How long a finger stays on which buttons: `services/presses.py` in the firmware says what that means.
FINGERS: dict[str, dict[str, int]] = {
    "start": {"start_stop": 150},
    "resume": {"start_stop": 150},
    "pause": {"start_stop": 1300},
    "softer": {"softer": 150},
    "louder": {"louder": 150},
    "stop": {"stop": 150},
    "clear": {"start_stop": 3400, "stop": 3400},
}
# A page that is gone doesn't hold a button down for ever.
HELD_MOST_MS = 15_000
# Bit 0 is red, bit 1 green, bit 2 blue.
LIGHTS = ("off", "red", "green", "yellow", "blue", "violet", "cyan", "white")
NOTE = "the firmware's own files on MicroPython, in front of a model of the boots; pressures are the model's"


class VirtualSource:
    def __init__(
        self,
        board: Board,
        plant: str,
        *,
        program: str,
        minutes: int | None,
        pressure: int | None,
        seed: int,
        is_fast: bool,
        packages: Mapping[str, Path],
    ) -> None:
        """`packages`: the files of micropython-lib that the board needs, such as its display's driver."""
        if board.is_sketch:
            raise InputError(board.file, "valves", None, "a board with its wiring")
        self.speed = "max" if is_fast else "1"
        self._board, self._packages, self._is_fast = board, packages, is_fast
        self._folder = TemporaryDirectory(prefix="soleus-live-")
        self._sessions_count = 0
        try:
            self._begin(_Begun(program, minutes, pressure, plant, seed))
        except BaseException:
            self._folder.cleanup()
            raise

    def _begin(self, begun: "_Begun") -> None:
        """A board that was never used before. The one before it goes when this one works."""
        self._sessions_count += 1
        flash = Path(self._folder.name) / f"flash-{self._sessions_count}.img"
        install(self._board, flash, self._packages)
        machine = VirtualBoard(
            self._board,
            flash,
            plant=load_plant(begun.plant),
            seed=begun.seed,
            has_own_time=True,
            is_real_time=not self._is_fast,
            chip=load_chip(self._board.chip),
            patience_s=PERSONS_PATIENCE_S,
            moments_most=PERSONS_MOMENTS,
        )
        machine.__enter__()
        try:
            told = _loaded(machine, self._board, begun)
        except BaseException:
            machine.close()
            raise
        self.machine, self._told, self.trouble = machine, told, ""
        self._broken: dict[str, Fault] = {}
        self.about = self._about(begun)

    def _about(self, begun: "_Begun") -> About:
        status = self._told.status
        return about(
            self._board.boots,
            "virtual",
            title=f"{self._board.title}, virtual",
            program=status.get("program") or "",
            plant=Path(begun.plant).name,
            seed=begun.seed,
            minutes=status.get("duration_ms", 0) // 60_000,
            pressure_mmhg=round(status.get("asked_mmhg", 0)),
            pressure_is="true",
            faults=breakable(self._board),
            presses=list(FINGERS),
            can_begin_anew=True,
            note=NOTE,
            **of_board(self._board),
        )

    def advance(self, passed_s: float) -> list[Frame]:  # noqa: ARG002 (a board has its own time)
        try:
            frames = self._told.frames()
        except LostBoardError as error:
            self.trouble = f"{error}. Start `soleus live` again."
            return []
        # What the boots truly hold is known for this moment alone.
        return [self._with_truth(frames[-1])] if frames else []

    def new_events(self) -> list[Event]:
        return self._told.taken_events()

    def past(self) -> list[Frame]:
        return []

    def panel(self) -> Panel | None:
        hardware = self.machine.hardware
        display = hardware.display
        lit = bytes(display.picture().tobytes()) if display else b""
        return {
            "screen": lit.hex() if any(lit) else "",
            "width": display.width if display else 0,
            "height": display.height if display else 0,
            "light": self._light(),
            "buttons": [name for name in BUTTONS if name in self._board.table.get("buttons", {})],
            "held": self._told.status.get("held", []),
        }

    def checklist(self) -> None:
        return None

    def silent_s(self) -> float:
        return time.monotonic() - self._told.heard_s

    def act(self, act: Act) -> str:
        try:
            return self._do(act)
        except (InputError, ValueError) as error:
            raise RefusedError(str(error)) from None

    def repeat(self) -> Repeated:
        raise RefusedError("a virtual board does nothing twice; `soleus log pull` fetches what it recorded")

    def close(self) -> None:
        """The session is stopped, and the legs are let go, before the board goes."""
        with suppress(ValueError, TimeoutError):
            if self._told.status.get("state") not in ("idle", "done", "fault"):
                self.machine.press("stop" if "stop" in self._board.table["buttons"] else "start_stop")
                self.machine.wait_until(lambda machine: machine.highest_mmhg() < 10.0, VENTED_MOST_S)
        self._told.console.close()
        self.machine.close()
        self._folder.cleanup()

    def _do(self, act: Act) -> str:
        match act:
            case Press():
                return self._press(act.button)
            case Hold():
                self.machine.press(act.button, HELD_MOST_MS if act.is_down else 0)
                return f"{act.button} {'down' if act.is_down else 'up'}"
            case Break():
                return self._break(act.fault)
            case Mend():
                return self._mend(act.fault)
            case Anew():
                return self._begin_anew(act)
            case _:
                raise RefusedError("a virtual board can't do that")

    def _begin_anew(self, act: Anew) -> str:
        changes = PlantChanges(act.size_percent, act.softness_percent, act.movements_per_min)
        plant = act.plant
        if not changes.are_none:
            plant = str(changed_plant(plant, changes, Path(self._folder.name)))
        # What doesn't fit is told at once, and not after a board has started for it.
        prepare(act.program, self._board, plant, act.minutes, act.pressure_mmhg, seed=act.seed)
        before, told_before = self.machine, self._told
        self._begin(_Begun(act.program, act.minutes, act.pressure_mmhg, plant, act.seed))
        told_before.console.close()
        before.close()
        before.flash.file.unlink(missing_ok=True)
        return "another board, never used before"

    def _press(self, button: str) -> str:
        fingers = FINGERS.get(button)
        if fingers is None:
            raise RefusedError(f"{button}: press softer or louder at the board, that answers as well")
        has = self._board.table.get("buttons", {})
        for contact, ms in fingers.items():
            self.machine.press(contact if contact in has else "start_stop", ms)
        self._told.note("act", button)
        return button

    def _break(self, fault: str) -> str:
        if fault in self._broken:
            raise RefusedError(f"{fault} is there already; mend it first")
        self._broken[fault] = parse_fault(f"{fault}@0s", self._board.boots, has_bus(self._board.table))
        try:
            self.machine.break_part(fault)
        except InputError:
            del self._broken[fault]
            raise
        component, _, mode = fault.partition(":")
        self._told.note("broken", fault, self.about["faults"].get(component, {}).get(mode, ""))
        return fault

    def _mend(self, fault: str) -> str:
        parsed = self._broken.pop(fault, None)
        if parsed is None:
            raise RefusedError(f"{fault} isn't broken now")

        def do(plant: Plant) -> None:
            mend(plant, parsed)

        self.machine.change(do)
        self._told.note("mended", fault)
        return f"{fault} mended"

    def _with_truth(self, frame: Frame) -> Frame:
        truth = self.machine.change(self._look)
        frame["pressure_mmhg"], (manifold_mmhg, energy_wh) = truth
        frame["manifold_mmhg"], frame["energy_wh"] = manifold_mmhg, energy_wh
        return frame

    def _look(self, plant: Plant) -> tuple[list[float], tuple[float, float]]:
        return tenths(plant.truth.pressure_mmhg), _facts(plant)

    def _light(self) -> str:
        led = self._board.table.get("led")
        if led is None:
            return "none"
        pins = self.machine.hardware.wiring.pins
        lit = sum(int(pins.high_share(led[key]) > 0.5) << k for k, key in enumerate(("red", "green", "blue")))
        return LIGHTS[lit]


@dataclass(frozen=True)
class _Begun:
    """What was asked for a session; None is the program's own value."""

    program: str
    minutes: int | None
    pressure: int | None
    plant: str
    seed: int


def _loaded(machine: VirtualBoard, board: Board, begun: _Begun) -> Told:
    """Waits for the board to start, and gives it its program."""
    console = Console(machine.port)
    try:
        console.ask("hello", BOOT_MOST_S)
        asked = {"minutes": begun.minutes, "pressure_mmhg": begun.pressure}
        chosen = {key: value for key, value in asked.items() if value is not None}
        loaded = console.ask("load", BOOT_MOST_S, program=begun.program, **chosen)
        if "error" in loaded:
            raise InputError("PROGRAM", "", begun.program, f"one that this board runs: {loaded['error']}")
        told = Told(console, board.boots, PERIOD_MS, forgets_gaps=True)
        told.begin()
    except BaseException:
        console.close()
        raise
    return told


def _facts(plant: Plant) -> tuple[float, float]:
    truth = plant.truth
    return round(float(truth.manifold_mmhg), 1), round(float(truth.battery_wh_used), 3)
