"""A program as a person would run it, and the same fill, hold and vent a thousand times."""

from itertools import pairwise

import numpy as np

from host_tools.bench.measure.bench import Bench
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from host_tools.bench.steps.step import Choice, each, why_not
from host_tools.bench.targets.tape import Piece
from host_tools.bench.targets.target import BenchError
from host_tools.sim.trace import TICK_S
from soleus.core.session.session import DONE, FAULT, IDLE, RUNNING

PROGRAM, MINUTES, MMHG = "plain-sequential", 15, 40
CYCLES = 3
HOLD_MIN_TICKS = 100


class Pattern:
    """Some cycles of a plain program: foot first, to the pressure asked for, all empty between two cycles."""

    name = "pattern"
    title = "Timing of a pattern"
    person = "put both boots on a form or a leg"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        del choice
        why = why_not(limits.board.boots)
        within, source = limits.value("reached_within_mmhg"), limits.source("reached_within_mmhg")
        lines = [
            Line("pattern.order", "chambers fill foot first", "", None, None, "program: sequential"),
            Line("pattern.cycle", "cycles differ in length by", "%", None, 10.0, "default for every board"),
            Line("pattern.reached", "worst held pressure off its target", "mmHg", None, within, source),
            Line("pattern.empty", "most pressure between two cycles", "mmHg", None, 10.0, "core: VENTED_PA"),
        ]
        for line in lines:
            if why and line.key != "pattern.cycle":
                line.leave_out(why)
        return lines

    def run(self, bench: Bench, choice: Choice) -> None:
        bench.end()
        target = bench.target
        target.load(PROGRAM, MINUTES, MMHG)
        mark = target.tape.length
        target.press("start")
        # The first cycle is a soft start.
        if not bench.wait_for(lambda: _cycles_seen(target.tape.since(mark)) > CYCLES + 1, 400.0, 5.0):
            raise BenchError(f"{PROGRAM}: fewer than {CYCLES} cycles in 400 s; fault {bench.fault_words()}")
        target.press("stop")
        bench.wait_for(lambda: target.state() in (IDLE, DONE, FAULT), 20.0)
        piece = target.tape.since(mark)
        if target.state() == FAULT:
            raise BenchError(f"a guard ended it: {bench.fault_words()}")
        for i in range(bench.boots.count):
            bench.keep("pattern", i, piece, every=5)
        self._judge(bench, choice, piece)

    def _judge(self, bench: Bench, choice: Choice, piece: Piece) -> None:
        starts = _cycle_starts(piece)[1 : CYCLES + 2]
        lengths = np.diff(piece.at_ms[starts]) / 1000
        choice.line("pattern.cycle").measure(
            float(np.ptp(lengths) / lengths.mean() * 100), note=f"{lengths.mean():.1f} s a cycle"
        )
        if why_not(bench.boots):
            return
        wrong, off, empty = [], [], []
        per_leg = bench.boots.chambers_per_leg
        for start, end in pairwise(starts):
            mmhg = piece.mmhg[start:end]
            half_full = [int(np.argmax(mmhg[:, i] > MMHG * 0.6)) for i in range(bench.boots.count)]
            for leg in range(bench.boots.legs):
                order = half_full[leg * per_leg : (leg + 1) * per_leg]
                wrong += [(a, b) for a, b in pairwise(order) if b < a]
            held = _held(piece[start:end], bench.boots.count)
            off += [
                abs(float(mmhg[held[i], i].mean()) - MMHG) for i in range(bench.boots.count) if held[i].any()
            ]
            empty.append(float(np.max(mmhg[-30:].mean(axis=0))))
        choice.line("pattern.order").judge(
            not wrong, "in order" if not wrong else f"{len(wrong)} out of order"
        )
        choice.line("pattern.reached").measure(max(off, default=float("nan")))
        choice.line("pattern.empty").measure(max(empty))


def _held(piece: Piece, count: int) -> list[np.ndarray]:
    """For each chamber, the ticks in which it has been closed for a while."""
    held = []
    for i in range(count):
        closed = ((piece.seal >> i & 1) == 1) & ((piece.fill >> i & 1) == 0)
        run = np.zeros(len(closed), int)
        for k in range(1, len(closed)):
            run[k] = run[k - 1] + 1 if closed[k] else 0
        held.append(run > HOLD_MIN_TICKS)
    return held


def _cycle_starts(piece: Piece) -> np.ndarray:
    """The ticks at which air begins to flow after everything was open."""
    is_open = (piece.seal | piece.fill) == 0
    rows = np.flatnonzero(piece.state == RUNNING)
    starts, was_open_for = [], 0
    for k in rows:
        if is_open[k]:
            was_open_for += 1
        elif piece.pump[k] and was_open_for:
            starts.append(k)
            was_open_for = 0
    # A peek at an empty chamber moves no air, so a cycle begins when the pump runs.
    return np.array(starts, int)


def _cycles_seen(piece: Piece) -> int:
    return len(_cycle_starts(piece)) if len(piece) else 0


class Endurance:
    """N times: all chambers to 60 mmHg, hold, vent; what changes from the first tenth to the last."""

    name = "endurance"
    title = "Endurance"
    person = "mains supply: a battery would not last"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most, source = limits.value("endurance_drift_most"), limits.source("endurance_drift_most")
        lines = []
        for key, what in WHATS.items():
            why = why_not(limits.board.boots) if key == "vent" else ""
            lines += each(
                f"endurance.{key}", f"drift of {what},", "%", -most, most, source, limits, choice, why
            )
        done = Line("endurance.cycles", "cycles done", "", choice.cycles, None, "--cycles")
        return [done, *lines]

    def run(self, bench: Bench, choice: Choice) -> None:
        seen: dict[str, list[list[float]]] = {key: [] for key in WHATS}
        done = 0
        try:
            for _ in range(choice.cycles):
                if done and done % CYCLES_A_SERVICE == 0:
                    # Service may last no longer than a session.
                    bench.end()
                    bench.begin()
                for key, values in _cycle(bench, choice.chambers).items():
                    seen[key].append(values)
                done += 1
                bench.note(f"cycle {done} of {choice.cycles}", done / choice.cycles)
                bench.target.tape.forget()
        finally:
            choice.line("endurance.cycles").measure(done)
        # Boots that were flat take more air in the first cycles.
        first_counted = min(WARM_UP_CYCLES, done // 2)
        part = max(1, (done - first_counted) // 10)
        for key, rows in seen.items():
            if key == "vent" and why_not(bench.boots):
                continue
            table = np.array(rows)[first_counted:]
            first, last = np.median(table[:part], axis=0), np.median(table[-part:], axis=0)
            for n, i in enumerate(choice.chambers):
                name = bench.boots.names[i]
                bench.keep_values(
                    f"endurance.{key}", name, np.arange(first_counted + 1.0, done + 1), table[:, n]
                )
                drift = (last[n] - first[n]) / max(abs(float(first[n])), 1e-6) * 100
                choice.line(f"endurance.{key}.{name}").measure(
                    float(drift), note=f"{first[n]:.3g} at first, {last[n]:.3g} at last"
                )


WHATS = {"fill": "pump time to 60 mmHg", "held": "pressure after the hold", "vent": "vent time"}
CYCLES_A_SERVICE = 40
WARM_UP_CYCLES = 3


def _cycle(bench: Bench, chambers: list[int]) -> dict[str, list[float]]:
    if bench.stays_joined:
        cycles = [_cycle_of_one(bench, i) for i in chambers]
        return {key: [cycle[key] for cycle in cycles] for key in WHATS}
    fill_s, held_mmhg, vent_s = [], [], []
    for i in chambers:
        piece = bench.fill([i], 60)
        fill_s.append(float((piece.pump > 0).sum()) * TICK_S)
    bench.wait(2.0)
    held_mmhg = [float(bench.settled()[i]) for i in chambers]
    piece = bench.vent(seconds=3.0)
    start = int(np.argmax(piece.seal == 0))
    for i in chambers:
        low = np.flatnonzero(piece.mmhg[start:, i] < 10.0)
        vent_s.append(float(low[0]) * TICK_S if len(low) else 3.0)
    return {"fill": fill_s, "held": held_mmhg, "vent": vent_s}


def _cycle_of_one(bench: Bench, i: int) -> dict[str, float]:
    """A chamber that is measured only while joined to the manifold is filled, held and vented by itself."""
    piece = bench.fill([i], 60)
    bench.wait(2.0)
    held_mmhg = float(bench.settled()[i])
    vented = bench.vent([i], seconds=4.0)
    low = np.flatnonzero(vented.mmhg[:, i] < 10.0)
    vent_s = float(low[0]) * TICK_S if len(low) else 4.0
    return {"fill": float((piece.pump > 0).sum()) * TICK_S, "held": held_mmhg, "vent": vent_s}
