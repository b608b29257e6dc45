"""Frames from what a board tells over its console link: telemetry, and a status now and then."""

import time
from typing import Any

from host_tools.basics.errors import SilentBoardError
from host_tools.link.console import Console
from host_tools.live.framer import fault_name
from host_tools.live.frames.frame import Event, Frame
from host_tools.live.guards.outside import Outside
from host_tools.live.guards.shown import TOLD_ON_THE_LINE
from host_tools.safety import fault_help
from soleus.core.basics.boots import Boots

STATUS_EVERY_S = 1.0
# A board that is asked in a session may take some tenths of a second.
ANSWER_MOST_S = 2.0
# Looks at the status.
FORGETS_EVERY = 10


class Told:
    def __init__(self, console: Console, boots: Boots, period_ms: int, *, forgets_gaps: bool = False) -> None:
        """`forgets_gaps`: of gaps between two ticks only those of the last seconds count; else all since the
        board's start, as other people at a real board expect it.
        """
        self.console = console
        self.events: list[Event] = []
        self.heard_s = time.monotonic()
        self.status: dict[str, Any] = {}
        self._boots = boots
        self._knows_manifold = boots.has_manifold_sensor_only or boots.has_manifold_sensor_too
        self._outside = Outside(boots, TOLD_ON_THE_LINE)
        self._forgets_gaps = forgets_gaps
        self._looks_count = 0
        self._gap_ms: int | None = None
        self._period_ms = period_ms
        self._asked_s = 0.0
        self._clicks = 0
        self._bits: tuple[int, int] | None = None
        self._state = self._fault = ""
        self._rested: set[str] = set()
        self._offset_ms = self._last_ms = 0

    def begin(self) -> None:
        self.look()
        self.console.ask("telemetry", ANSWER_MOST_S, period_ms=self._period_ms)

    def look(self) -> None:
        """Asks for the status; a board that says nothing is one that hasn't been heard."""
        self._asked_s = time.monotonic()
        self._looks_count += 1
        forgets = self._forgets_gaps and self._looks_count % FORGETS_EVERY == 0
        answer = self.console.ask("status", ANSWER_MOST_S, **({"forget_gap": True} if forgets else {}))
        if answer.get("ok"):
            # One that has just forgotten knows none.
            if not forgets:
                self._gap_ms = answer.get("gap_energised_ms")
            self.status = answer
            self._note_rested(answer.get("rested", []))

    def frames(self) -> list[Frame]:
        """Those that have come; raises `LostBoardError` when the port is gone."""
        messages = [*self.console.events, *self.console.listen()]
        self.console.events.clear()
        if time.monotonic() > self._asked_s + STATUS_EVERY_S:
            try:
                self.look()
            except SilentBoardError:
                # Its silence shows by itself: nothing is heard.
                pass
            else:
                messages += self.console.events
                self.console.events.clear()
        told = [message for message in messages if message.get("event") == "telemetry"]
        if told:
            self.heard_s = time.monotonic()
        return [self._frame(message) for message in told]

    def begin_anew(self, console: Console) -> None:
        """The board is back at its port."""
        self.console = console
        self.begin()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return self.console.ask(do, ANSWER_MOST_S, **arguments)

    def _frame(self, told: dict[str, Any]) -> Frame:
        at_ms = self._time(told["at_ms"])
        pressure_mmhg = [value / 10 for value in told["mmhg_x10"]]
        target_mmhg = [value / 10 for value in told["target_mmhg_x10"]]
        supply_v = told["supply_mv"] / 1000
        fault = told["fault"] if told["fault"] != "-" else ""
        self._note_changes(at_ms, told["state"], fault)
        self._count_clicks(told["fill"], told["seal"])
        run_ms, duration_ms = told["run_ms"], self.status.get("duration_ms", 0)
        frame: Frame = {
            "at_ms": at_ms,
            "state": told["state"],
            "fault": fault,
            "cycle": told["cycle"],
            "stage": "",
            "level_mmhg": round(self.status.get("asked_mmhg", 0)),
            "run_ms": run_ms,
            "left_ms": max(duration_ms - run_ms, 0),
            "pressure_mmhg": pressure_mmhg,
            # A board tells where a chamber is on its way to, and not how far along the ramp it is.
            "wanted_mmhg": target_mmhg,
            "target_mmhg": target_mmhg,
            "phase": [],
            "fill_bits": told["fill"],
            "seal_bits": told["seal"],
            "pump_permille": told["pump"],
            "gate_on": told["gate"],
            "missing_bits": told["missing"],
            "rested_bits": sum(1 << self._boots.names.index(name) for name in self._rested),
            "manifold_mmhg": told["manifold_mmhg_x10"] / 10 if self._knows_manifold else None,
            "supply_v": round(supply_v, 2),
            "clicks": self._clicks,
            "energy_wh": None,
            "asks_for_life": bool(self.status.get("asks_for_life")),
            "near": [],
        }
        frame["near"] = self._outside.near(frame, self._gap_ms)
        return frame

    def _time(self, at_ms: int) -> int:
        """On one axis, also when the board has started anew."""
        if self._offset_ms + at_ms < self._last_ms:
            self._offset_ms = self._last_ms
            self._add(self._last_ms, "link", "the board has started anew")
            self._bits = None
        self._last_ms = self._offset_ms + at_ms
        return self._last_ms

    def _count_clicks(self, fill: int, seal: int) -> None:
        """As far as two tellings show them: a valve that moved twice in between isn't seen."""
        if self._bits is not None:
            self._clicks += (fill ^ self._bits[0]).bit_count() + (seal ^ self._bits[1]).bit_count()
        self._bits = (fill, seal)

    def _note_changes(self, at_ms: int, state: str, fault: str) -> None:
        if state != self._state:
            self._add(at_ms, "state", state)
        if fault and fault != self._fault:
            self._add(at_ms, "fault", f"{fault} {fault_name(fault)}", fault_help.advice(fault))
        self._state, self._fault = state, fault

    def _note_rested(self, rested: list[Any]) -> None:
        for name, code, _ in rested:
            if name not in self._rested:
                text = f"{name} is left out: {code}, {fault_name(code)}"
                self._add(self._last_ms, "rested", text, fault_help.advice(code))
        self._rested = {name for name, *_ in rested if name in self._boots.names}

    def _add(self, at_ms: int, kind: Any, text: str, help_: str = "") -> None:
        self.events.append({"at_ms": at_ms, "kind": kind, "text": text, "help": help_})

    def note(self, kind: Any, text: str, help_: str = "") -> None:
        self._add(self._last_ms, kind, text, help_)

    def taken_events(self) -> list[Event]:
        events, self.events = self.events, []
        return events
