"""A bench at work as a source: its machine, its lines as they fill in, and its questions as buttons."""

import queue
import threading
from collections.abc import Callable

from host_tools.bench.measure.line import Line
from host_tools.bench.run import Watching
from host_tools.bench.targets.tape import Piece
from host_tools.catalogue.boards import Board
from host_tools.live.about import about, of_board
from host_tools.live.acts import Act, Answer
from host_tools.live.framer import code_of, tenths
from host_tools.live.frames.frame import About, Checklist, Event, Frame, Panel
from host_tools.live.frames.update import FRAMES_MOST
from host_tools.live.guards.outside import Outside
from host_tools.live.guards.shown import TOLD_BY_A_BENCH
from host_tools.live.source import RefusedError, Repeated
from soleus.core.session.session import STATE_NAMES

NOTE = "a bench tests this machine; pressures are what its sensors give"
# Looks up from a question now and then, so that Ctrl-C is heard.
HEAR_CTRL_C_EVERY_S = 0.2
# More than the page gets at once is of no use to it.
PIECES_KEPT = 50


class OnBench:
    """Fed by the bench in its own thread, read by the player in another."""

    def __init__(self, board: Board, suite: str, target: str) -> None:
        self.trouble = ""
        self.speed = "1"
        self.about: About = about(
            board.boots,
            "bench",
            title=f"{suite.capitalize()}: {board.title}",
            minutes=0,
            note=f"{NOTE} ({target})",
            **of_board(board),
        )
        self._boots = board.boots
        self._outside = Outside(board.boots, TOLD_BY_A_BENCH)
        self._lock = threading.Lock()
        self._pieces: list[Piece] = []
        self._events: list[Event] = []
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._bits = (0, 0)
        self._clicks = self._last_ms = self._offset_ms = 0
        self._step = self._note = self._question = ""
        self._lines: list[Line] = []
        self._is_over = False

    def beside(self, other: Watching) -> Watching:
        """Tells this page and another watcher."""
        return Watching(
            on_step=lambda step, lines: _each((other.on_step, self._take_step), step, lines),
            on_tape=lambda piece: _each((other.on_tape, self._take_piece), piece),
            on_note=lambda what, share: _each((other.on_note, self._take_note), what, share),
        )

    def ask(self, question: str) -> str:
        """Waits for a person at the page."""
        self._question = question
        try:
            while True:
                try:
                    return self._answers.get(timeout=HEAR_CTRL_C_EVERY_S)
                except queue.Empty:
                    continue
        finally:
            self._question = ""

    def end(self) -> None:
        self._is_over = True

    def advance(self, passed_s: float) -> list[Frame]:  # noqa: ARG002 (a bench has its own time)
        with self._lock:
            pieces, self._pieces = self._pieces, []
        rows = [(piece, k) for piece in pieces for k in range(len(piece))]
        step = max(-(-len(rows) // FRAMES_MOST), 1)
        return [self._frame(piece, k) for piece, k in rows[step - 1 :: step]]

    def checklist(self) -> Checklist | None:
        return {
            "step": self._step,
            "note": self._note,
            "question": self._question,
            "is_over": self._is_over,
            "lines": [
                {
                    "key": line.key,
                    "title": line.title,
                    "value": f"{line.shown} {line.unit}".strip() if line.value is not None else line.text,
                    "limit": line.limit,
                    "status": line.status,
                    "note": line.note,
                }
                for line in list(self._lines)
            ],
        }

    def past(self) -> list[Frame]:
        return []

    def new_events(self) -> list[Event]:
        with self._lock:
            events, self._events = self._events, []
        return events

    def panel(self) -> Panel | None:
        return None

    def silent_s(self) -> float:
        """A bench has pauses of its own."""
        return 0.0

    def act(self, act: Act) -> str:
        if not isinstance(act, Answer):
            raise RefusedError("the bench leads this machine; Ctrl-C ends it")
        if not self._question:
            raise RefusedError("nothing was asked")
        self._answers.put(act.text)
        return "answered"

    def repeat(self) -> Repeated:
        raise RefusedError("`soleus bench` again repeats it")

    def close(self) -> None:
        """The bench ends its own service, and the machine vents."""

    def _take_step(self, step: str, lines: list[Line]) -> None:
        self._step, self._note, self._lines = step, "", lines
        if step:
            with self._lock:
                self._events.append({"at_ms": self._last_ms, "kind": "state", "text": step, "help": ""})

    def _take_note(self, what: str, share: float) -> None:
        self._note = f"{what} ({share:.0%})"

    def _take_piece(self, piece: Piece) -> None:
        with self._lock:
            self._pieces.append(piece)
            del self._pieces[:-PIECES_KEPT]

    def _frame(self, piece: Piece, k: int) -> Frame:
        fill, seal = int(piece.fill[k]), int(piece.seal[k])
        self._clicks += (fill ^ self._bits[0]).bit_count() + (seal ^ self._bits[1]).bit_count()
        self._bits = (fill, seal)
        pressure_mmhg = tenths(piece.mmhg[k])
        none = [0.0] * self._boots.count
        frame: Frame = {
            "at_ms": self._time(int(piece.at_ms[k])),
            "state": STATE_NAMES[int(piece.state[k])],
            "fault": code_of(int(piece.fault[k])),
            "cycle": 0,
            "stage": "",
            "level_mmhg": 0,
            "run_ms": 0,
            "left_ms": 0,
            "pressure_mmhg": pressure_mmhg,
            "wanted_mmhg": none,
            "target_mmhg": none,
            "phase": [],
            "fill_bits": fill,
            "seal_bits": seal,
            "pump_permille": int(piece.pump[k]),
            "gate_on": 1,
            "missing_bits": 0,
            "rested_bits": 0,
            "manifold_mmhg": self._manifold_mmhg(piece, k),
            "supply_v": 0.0,
            "clicks": self._clicks,
            "energy_wh": None,
            "asks_for_life": False,
            "near": [],
        }
        frame["near"] = self._outside.near(frame)
        return frame

    def _manifold_mmhg(self, piece: Piece, k: int) -> float | None:
        boots = self._boots
        is_seen = boots.has_manifold_sensor_only or boots.has_manifold_sensor_too
        return round(float(piece.manifold_mmhg[k]), 1) if is_seen else None

    def _time(self, at_ms: int) -> int:
        """On one axis, also where a step begins anew."""
        if self._offset_ms + at_ms < self._last_ms:
            self._offset_ms = self._last_ms - at_ms
        self._last_ms = self._offset_ms + at_ms
        return self._last_ms


def _each(tell: tuple[Callable[..., None] | None, ...], *what: object) -> None:
    for one in tell:
        if one:
            one(*what)
