"""One simulated session: a program, a board and a plant in; the whole trace out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.catalogue.boards import Board
from host_tools.plant.files.spec import PlantSpec
from host_tools.plant.plant import Plant
from host_tools.sim.loop import ENDED
from host_tools.sim.recording import CHUNK_TICKS, joined
from host_tools.sim.request import Request, new_controller, new_plant, prepare
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.run_plain_core import PlainCoreRun
from host_tools.sim.trace import Note, Trace
from host_tools.sim.user_events import AFTER_THE_END, RUN_MOST_MS, Event, Presses, presses_of
from soleus.core.basics import fault_table
from soleus.core.basics.limits import TICK_MS
from soleus.core.controller import Controller
from soleus.core.program.program import Program
from soleus.core.session.session import DONE, FAULT, IDLE, STATE_NAMES

RUN_MOST_TICKS = RUN_MOST_MS // TICK_MS

Progress = Callable[[float, float], None]
Sink = Callable[[dict[str, np.ndarray]], None]


@dataclass(frozen=True)
class Session:
    """What happened, and the machine and the plant as they ended."""

    request: Request
    trace: Trace
    controller: Controller
    plant: Plant
    wall_s: float
    was_interrupted: bool
    # The core ran as plain Python, because it had not been compiled since its last change.
    was_plain: bool = False

    @property
    def was_cut(self) -> bool:
        """`--until` came before the session's own end."""
        until_ms = self.request.until_ms
        has_ended = self.controller.session.state in (DONE, FAULT, IDLE)
        return until_ms is not None and not has_ended and self.plant.now_ms >= until_ms

    def unfelt(self) -> list[str]:
        """The events and faults that came after the session's end, or the simulation's: they did nothing."""
        end_ms = self.trace.time_s[-1] * 1000 if len(self.trace) else 0
        events = [event.text for event in self.request.events if self._is_unfelt(event)]
        return events + [fault.text for fault in self.request.faults if fault.start_ms > end_ms]

    def _is_unfelt(self, event: Event) -> bool:
        trace = self.trace
        before = int(np.searchsorted(trace.time_s, event.at_ms / 1000)) - 1
        if before >= len(trace) - 1:
            return True
        return (
            before >= 0 and trace.state[before] in (DONE, FAULT, IDLE) and event.button not in AFTER_THE_END
        )


class Run(Protocol):
    """A session in progress: core, plant, the person's presses, and the rows of the trace."""

    def advance(self, ticks_count: int) -> int: ...

    def new_columns(self) -> dict[str, np.ndarray]: ...

    def finish(self) -> None:
        """Write everything back into the controller and the plant."""

    def change(self, do: Callable[[], object]) -> None:
        """Do something to plant or presses, or look at them, between two ticks."""


def simulate(
    program: str | Path | Program = "easy-run",
    board: str | Path | Board = DEFAULT_BOARD,
    plant: str | Path | PlantSpec = DEFAULT_PLANT,
    *,
    minutes: int | None = None,
    pressure: int | None = None,
    fault: Sequence[str] = (),
    event: Sequence[str] = (),
    seed: int = 0,
    until: str | None = None,
) -> Session:
    """Run a session to its end; the arguments are those of the command line.

    Ctrl-C ends whoever asked for it, too: only the command line has a use for half a session.
    """
    session = run(prepare(program, board, plant, minutes, pressure, fault, event, seed, until))
    if session.was_interrupted:
        raise KeyboardInterrupt
    return session


def run(
    request: Request,
    on_progress: Progress | None = None,
    sink: Sink | None = None,
    is_only_one: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Session:
    """`sink` gets each chunk of rows as it comes; after Ctrl-C the rows so far are kept.

    Compiling the core pays off only for many sessions. A single one doesn't wait for it: unless the core is
    compiled already, it runs as plain Python, with the same result, bit for bit.
    """
    controller, plant = new_controller(request), new_plant(request)
    presses = presses_of(request.events)
    a_run, is_plain = new_run(controller, plant, presses, is_only_one, say)
    say("starting")
    started = time.perf_counter()
    chunks, was_interrupted = _run(a_run, request, on_progress, sink)
    a_run.finish()
    trace = _with_notes(joined(request.board.boots.names, chunks), request)
    wall_s = time.perf_counter() - started
    return Session(request, trace, controller, plant, wall_s, was_interrupted, is_plain)


def new_run(
    controller: Controller, plant: Plant, presses: Presses, is_only_one: bool, say: Callable[[str], None]
) -> tuple[Run, bool]:
    """The run, and whether its core is plain Python."""
    is_plain = is_only_one and not CompiledRun.is_ready(controller, plant, presses)
    start = PlainCoreRun if is_plain else CompiledRun
    if is_plain and not PlainCoreRun.is_ready(plant):
        say("compiling the simulated boots, once, about half a minute")
    return start(controller, plant, presses), is_plain


def _run(
    a_run: Run, request: Request, on_progress: Progress | None, sink: Sink | None
) -> tuple[list[dict[str, np.ndarray]], bool]:
    chunks: list[dict[str, np.ndarray]] = []
    now_ms = 0
    try:
        for _ in range(-(-RUN_MOST_TICKS // CHUNK_TICKS)):
            state = a_run.advance(_ticks_until(request.until_ms, now_ms))
            columns = a_run.new_columns()
            chunks.append(columns)
            now_ms = int(columns["time_ms"][-1])
            if sink:
                sink(columns)
            if on_progress:
                on_progress(now_ms / 1000, request.minutes * 60.0)
            if state == ENDED or (request.until_ms is not None and now_ms >= request.until_ms):
                break
    except KeyboardInterrupt:
        if not chunks:
            raise
        return chunks, True
    return chunks, False


def _ticks_until(until_ms: int | None, now_ms: int) -> int:
    """No tick is shorter than 10 ms, so these ticks end at most one tick after `until_ms`."""
    if until_ms is None:
        return CHUNK_TICKS
    return min(CHUNK_TICKS, -(-(until_ms - now_ms) // TICK_MS))


def _with_notes(trace: Trace, request: Request) -> Trace:
    end_s = float(trace.time_s[-1])
    notes = [Note(event.at_ms / 1000, "event", event.text) for event in request.events]
    notes += [Note(fault.start_ms / 1000, "injected", fault.text) for fault in request.faults]
    notes = [note for note in notes if note.at_s <= end_s]
    changes = np.flatnonzero(np.diff(trace.state, prepend=-1))
    notes += [Note(float(trace.time_s[k]), "state", STATE_NAMES[trace.state[k]]) for k in changes]
    tripped = np.flatnonzero(trace.fault_code)
    if len(tripped):
        code, name, *_ = fault_table.TABLE[trace.fault_code[tripped[0]]]
        notes.append(Note(float(trace.time_s[tripped[0]]), "fault", f"{code} {name}"))
    trace.notes.extend(sorted(notes, key=lambda note: note.at_s))
    return trace
