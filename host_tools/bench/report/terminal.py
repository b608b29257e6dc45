"""What a person sees while a bench runs: its progress, the chamber under test, each line as it comes."""

import sys
from types import TracebackType

import numpy as np
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from host_tools.bench.measure.line import FAILED, NOT_APPLICABLE, PASSED, WAITING, Line
from host_tools.bench.run import Watching
from host_tools.bench.suite import STEPS
from host_tools.bench.targets.tape import Piece
from host_tools.bench.targets.target import BenchError
from host_tools.output.now_and_then import NowAndThen

BARS = "▁▂▃▄▅▆▇█"
TRACE_POINTS = 60
FULL_MMHG = 120.0
LINES_SHOWN = 12
STYLES = {PASSED: "green", FAILED: "bold red", NOT_APPLICABLE: "dim", WAITING: "dim"}


class LiveBench:
    """`with LiveBench(...) as live: run_suite(..., watching=live.watching)`; lines without a terminal."""

    def __init__(self, names: list[str], steps: tuple[str, ...], is_quiet: bool = False) -> None:
        self.console = Console(stderr=True)
        self.names = names
        self.steps = steps
        self._plain = NowAndThen(is_quiet)
        self.watching = Watching(self._on_step, self._on_tape, self._on_note)
        self._step, self._note = "", ""
        self._lines: list[Line] = []
        self._chamber = 0
        self._trace = np.zeros(0)
        self._live = (
            Live(console=self.console, refresh_per_second=8, transient=True)
            if self.console.is_terminal and not is_quiet
            else None
        )

    def __enter__(self) -> "LiveBench":
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def ask(self, question: str) -> str:
        """Take the picture away while a person answers."""
        if not sys.stdin.isatty():
            raise BenchError(f"nobody is there to be asked: {question}")
        if self._live:
            self._live.stop()
        try:
            return self.console.input(f"[bold]{question}[/bold] ")
        except EOFError:
            raise BenchError(f"nobody answers: {question}") from None
        finally:
            if self._live:
                self._live.start()

    def _on_step(self, step: str, lines: list[Line]) -> None:
        self._step, self._note, self._lines = step, "", lines
        self._plain.say(f"{self._head()}; {self._counts()}")
        self._show()

    def _on_note(self, what: str, share: float) -> None:
        self._note = f"{what} ({share:.0%})"
        self._plain.say(f"{self._head()}; {self._counts()}")
        self._show()

    def _on_tape(self, piece: Piece) -> None:
        """The chamber under test is the one that moves most."""
        moves = np.ptp(piece.mmhg, axis=0)
        if moves.max() > 8.0 and int(np.argmax(moves)) != self._chamber:
            self._chamber, self._trace = int(np.argmax(moves)), np.zeros(0)
        self._trace = np.concatenate([self._trace, piece.mmhg[::10, self._chamber]])[-TRACE_POINTS:]
        self._show()

    def _show(self) -> None:
        if self._live:
            self._live.update(self._picture())

    def _picture(self) -> Group:
        head = Text(self._head(), style="bold")
        bar = Text(self._counts())
        trace = Text(f"{self.names[self._chamber]:12s} {spark(self._trace)} ")
        trace.append(f"{self._trace[-1]:6.1f} mmHg" if len(self._trace) else "")
        latest = [line for line in self._lines if line.status != WAITING][-LINES_SHOWN:]
        return Group(head, bar, trace, lines_table(latest))

    def _head(self) -> str:
        place = self.steps.index(self._step) + 1 if self._step in self.steps else len(self.steps)
        title = STEPS[self._step].title if self._step in STEPS else "done"
        return f"step {place} of {len(self.steps)}: {title}   {self._note}".rstrip()

    def _counts(self) -> str:
        done = sum(line.status != WAITING for line in self._lines)
        failed = sum(line.status == FAILED for line in self._lines)
        return f"{done} of {len(self._lines)} lines, {failed} failed"


def spark(mmhg: np.ndarray) -> str:
    levels = np.clip(mmhg / FULL_MMHG * len(BARS), 0, len(BARS) - 1).astype(int)
    return "".join(BARS[level] for level in levels)


def lines_table(lines: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("line")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("limit", justify="right")
    table.add_column("status")
    table.add_column("note", overflow="fold", style="dim")
    for line in lines:
        status = Text(line.status, style=STYLES[line.status])
        table.add_row(line.title, line.shown, line.unit, line.limit, status, line.note)
    return table
