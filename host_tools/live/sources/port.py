"""A real board: watched, and steered only if the person who started this asked for it."""

import time
from contextlib import suppress

from host_tools.basics.errors import InputError, LostBoardError, SilentBoardError
from host_tools.catalogue.boards import Board
from host_tools.link.console import Console
from host_tools.live.about import about, of_board
from host_tools.live.acts import Act, Press
from host_tools.live.frames.frame import About, Event, Frame, Panel
from host_tools.live.source import RefusedError, Repeated
from host_tools.live.sources.told import Told

PERIOD_MS = 100
AGAIN_EVERY_S = 2.0
VENTED_MOST_S = 15.0
OVER = ("idle", "done", "fault")
WATCHING = "watched, not steered: `--steer` allows that; the pressures are what its sensors give"
STEERING = "steered from here, but for its start: that is a press at the machine"
# What may be asked for without a person at the machine: all of it makes less pressure, or waits.
LESS = ("stop", "pause", "softer")
MORE = ("resume", "louder")


class Port:
    def __init__(self, console: Console, board: Board, may_steer: bool) -> None:
        self.trouble = ""
        self.speed = "1"
        self._port = console.serial.port
        self._may_steer = may_steer
        # It asked for something that could make pressure, and so it ends the session when it goes.
        self._leads = False
        self._lost_s = 0.0
        self._told = Told(console, board.boots, PERIOD_MS)
        self._told.begin()
        status = self._told.status
        self.about: About = about(
            board.boots,
            "port",
            title=f"{board.title}, at {self._port}",
            program=status.get("program") or "",
            minutes=status.get("duration_ms", 0) // 60_000,
            pressure_mmhg=round(status.get("asked_mmhg", 0)),
            presses=[*LESS, *MORE] if may_steer else [],
            note=STEERING if may_steer else WATCHING,
            **of_board(board),
        )

    def advance(self, passed_s: float) -> list[Frame]:  # noqa: ARG002 (a board has its own time)
        if self._lost_s:
            self._look_for_it()
            return []
        try:
            return self._told.frames()
        except LostBoardError as error:
            self._lose(str(error))
            return []

    def new_events(self) -> list[Event]:
        return self._told.taken_events()

    def past(self) -> list[Frame]:
        return []

    def panel(self) -> Panel | None:
        return None

    def checklist(self) -> None:
        return None

    def silent_s(self) -> float:
        return time.monotonic() - self._told.heard_s

    def act(self, act: Act) -> str:
        if not isinstance(act, Press):
            raise RefusedError("a real board is broken by hand, not from here")
        if not self._may_steer:
            raise RefusedError("this page only watches; `soleus live --steer` may press buttons")
        if act.button not in (*LESS, *MORE):
            raise RefusedError(f"{act.button}: press the button at the machine")
        if self._lost_s:
            raise RefusedError("the board is gone: use the stop button at the machine, or take its power")
        try:
            answer = self._told.ask(act.button)
        except (SilentBoardError, LostBoardError) as error:
            raise RefusedError(f"{error}; the stop button at the machine always works") from None
        if "error" in answer:
            raise RefusedError(str(answer["error"]))
        self._leads = self._leads or act.button in MORE
        self._told.note("act", act.button)
        return act.button

    def repeat(self) -> Repeated:
        raise RefusedError("a real machine does nothing twice; `soleus log pull` fetches what it recorded")

    def close(self) -> None:
        with suppress(SilentBoardError, LostBoardError, OSError):
            if self._leads:
                self._stop_and_wait()
            self._told.ask("telemetry", period_ms=0)
        self._told.console.close()

    def _stop_and_wait(self) -> None:
        self._told.ask("stop")
        until_s = time.monotonic() + VENTED_MOST_S
        while time.monotonic() < until_s and self._told.ask("status").get("state") not in OVER:
            time.sleep(0.2)

    def _lose(self, why: str) -> None:
        self._lost_s = time.monotonic()
        self.trouble = f"{why}. Nothing here is live. Plug it in again; the stop button at the machine works."
        self._told.note("link", "the board is gone")
        self._told.console.close()

    def _look_for_it(self) -> None:
        if time.monotonic() < self._lost_s + AGAIN_EVERY_S:
            return
        self._lost_s = time.monotonic()
        try:
            self._told.begin_anew(Console(self._port))
        except (OSError, InputError, TimeoutError):
            return
        self._lost_s, self.trouble = 0.0, ""
        self._told.note("link", "the board is back")
