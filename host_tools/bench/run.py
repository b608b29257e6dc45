"""Runs steps against a target: every line is declared first, and every line gets a result."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from host_tools.basics.errors import InputError
from host_tools.bench.measure.bench import Bench, Noter, Watcher
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import FAILED, NOT_APPLICABLE, PASSED, WAITING, Curve, Line
from host_tools.bench.steps.step import Choice
from host_tools.bench.suite import STEPS, SUITES
from host_tools.bench.targets.target import BenchError, Identity, Target


@dataclass
class BenchRun:
    """The results of a run."""

    suite: str
    target: str
    identity: Identity
    started_at: str
    lines: list[Line]
    curves: list[Curve] = field(default_factory=list)
    took_s: float = 0.0

    @property
    def failed(self) -> list[Line]:
        return [line for line in self.lines if line.status not in (PASSED, NOT_APPLICABLE)]

    @property
    def has_passed(self) -> bool:
        return not self.failed


@dataclass(frozen=True)
class Watching:
    """What is called while a run is in progress."""

    on_step: Callable[[str, list[Line]], None] | None = None
    on_tape: Watcher | None = None
    on_note: Noter | None = None


def steps_of(suite: str) -> tuple[str, ...]:
    if suite in SUITES:
        return SUITES[suite]
    if suite in STEPS:
        return (suite,)
    expected = f"a suite ({', '.join(SUITES)}) or a step ({', '.join(STEPS)})"
    raise InputError("bench", "", suite, expected)


def chambers_of(names: Iterable[str], target: Target) -> list[int]:
    boots = target.board.boots
    for name in names:
        if name not in boots.names:
            raise InputError("--chamber", "", name, f"one of {', '.join(boots.names)}")
    return [boots.names.index(name) for name in names] or list(range(boots.count))


def run_suite(
    target: Target,
    suite: str,
    *,
    chambers: Iterable[str] = (),
    cycles: int = 100,
    reference_ml: float | None = None,
    watching: Watching | None = None,
) -> BenchRun:
    """Run the steps one by one: an error in one step fails its own lines, and the next step goes on."""
    watching = watching or Watching()
    limits = Limits(target.board, reference_ml)
    choice = Choice(chambers_of(chambers, target), cycles)
    names = steps_of(suite)
    declared = {name: STEPS[name].lines(limits, choice) for name in names}
    choice.lines = {line.key: line for lines in declared.values() for line in lines}
    bench = Bench(target, limits, watching.on_tape, watching.on_note)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    run = BenchRun(suite, target.kind, target.identity(), now, list(choice.lines.values()), bench.curves)
    for name in names:
        if watching.on_step:
            watching.on_step(name, run.lines)
        _run_step(name, bench, choice, declared[name])
    _end(bench)
    if watching.on_step:
        watching.on_step("", run.lines)
    run.took_s = target.now_s
    if "calibrate" in names:
        # The calibration has set a new date.
        with contextlib.suppress(BenchError, TimeoutError, OSError):
            run.identity = target.identity()
    return run


def _run_step(name: str, bench: Bench, choice: Choice, lines: list[Line]) -> None:
    why = "the step ended without a word about it"
    try:
        bench.begin()
        STEPS[name].run(bench, choice)
    except (BenchError, TimeoutError, OSError) as error:
        why = str(error)
    finally:
        for line in lines:
            if line.status == WAITING:
                line.status, line.note = FAILED, why
    _end(bench)


def _end(bench: Bench) -> None:
    """A bench that can't end service leaves that to the machine, which vents when it hears nothing."""
    try:
        bench.end()
    except (BenchError, TimeoutError, OSError):
        return
