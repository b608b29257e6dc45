"""Tests of what protects a leg: a trip, the stop button, a silent bench, the watchdog."""

import numpy as np

from host_tools.bench.measure.bench import Bench
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import NOT_APPLICABLE, Line
from host_tools.bench.steps.step import Choice, why_not
from host_tools.bench.targets.tape import Piece
from host_tools.bench.targets.target import BenchError, NotApplicableError
from host_tools.plant.parts.units import PA_PER_MMHG, SAFE_MMHG
from soleus.core.basics.limits import OVER_TARGET_MS, OVER_TARGET_PA, SERVICE_SILENT_MOST_MS, VENT_MOST_MS
from soleus.core.session.session import DONE, FAULT, IDLE, SERVICE

PRESSED_MMHG = 50.0
# While air flows, a sensor on the manifold reads more than the chamber behind it.
FULL_MMHG = 109.0
LOWERED_MMHG = 25.0
# The reaction to overpressure must come within 100 ms of the end of its debounce.
ANSWER_MS = 100.0
SAFE_S = VENT_MOST_MS / 1000
WATCHDOG_MOST_S = 2.0


class Overpressure:
    """A chamber is filled well above a limit that was lowered for it: the guard has to end that."""

    name = "overpressure"
    title = "Overpressure trip, at a lowered limit"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most_ms = OVER_TARGET_MS + ANSWER_MS
        name = limits.board.boots.names[choice.chambers[0]]
        lines = [
            Line(
                "overpressure.trip",
                f"trip of {name} by E01 after",
                "ms",
                OVER_TARGET_MS - 50.0,
                most_ms,
                "core: OVER_TARGET_MS",
            ),
            Line(
                "overpressure.safe",
                f"{name} below 10 mmHg after the trip",
                "s",
                0.0,
                SAFE_S,
                "core: VENT_MOST_MS",
            ),
        ]
        return _with_safe_left_out(lines, limits)

    def run(self, bench: Bench, choice: Choice) -> None:
        i = choice.chambers[0]
        stop_mmhg = FULL_MMHG if bench.stays_joined else PRESSED_MMHG * 1.2
        mark = bench.target.tape.length
        bench.target.act(
            {
                "fill": 1 << i, "seal": bench.kept(1 << i), "pump": 1000, "coast_ms": 300, "for_ms": 20_000,
                "then_fill": 1 << i if bench.stays_joined else 0, "stop_pa": int(stop_mmhg * PA_PER_MMHG),
                "limit_pa": int(LOWERED_MMHG * PA_PER_MMHG),
            }
        )  # fmt: skip
        has_tripped = bench.wait_for(lambda: bench.target.state() == FAULT, 12.0)
        bench.wait(SAFE_S)
        piece = bench.target.tape.since(mark)
        fault = bench.target.fault() or {}
        bench.keep("overpressure", i, piece)
        if not has_tripped or fault.get("code") != "E01":
            raise BenchError(f"no E01 above {LOWERED_MMHG:g} mmHg and its margin, but {bench.fault_words()}")
        end = int(np.argmax(piece.fault != 0))
        over = piece.mmhg[: end + 1, i] > LOWERED_MMHG + OVER_TARGET_PA / PA_PER_MMHG
        below = np.flatnonzero(~over)
        first = int(below[-1]) + 1 if len(below) else 0
        choice.line("overpressure.trip").measure(float(piece.at_ms[end] - piece.at_ms[first]) + 10.0)
        _measure_safe(choice.line("overpressure.safe"), piece, i, end)
        bench.clear()


class Stop:
    name = "stop"
    title = "Stop button"
    person = "press STOP at the machine when told"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        name = limits.board.boots.names[choice.chambers[0]]
        lines = [
            Line("stop.vented", "all vent after the stop", "ms", 0.0, ANSWER_MS, "core: 100 ms"),
            Line("stop.safe", f"{name} below 10 mmHg after the stop", "s", 0.0, SAFE_S, "core: VENT_MOST_MS"),
        ]
        return _with_safe_left_out(lines, limits)

    def run(self, bench: Bench, choice: Choice) -> None:
        i = choice.chambers[0]
        bench.fill_to([i], PRESSED_MMHG)
        mark = bench.target.tape.length
        pressed_s = bench.target.press("stop")
        if not bench.wait_for(lambda: bench.target.state() != SERVICE, 15.0):
            raise BenchError("nobody pressed, or STOP does nothing")
        bench.wait_for(lambda: bench.target.state() in (IDLE, DONE, FAULT), 15.0)
        piece = bench.target.tape.since(mark)
        bench.keep("stop", i, piece)
        end = int(np.argmax((piece.state != SERVICE) & (piece.seal == 0) & (piece.fill == 0)))
        choice.line("stop.vented").measure(max(0.0, float(piece.at_ms[end]) - pressed_s * 1000))
        _measure_safe(choice.line("stop.safe"), piece, i, end)


class Silence:
    """A board that no longer hears of its bench vents everything."""

    name = "silence"
    title = "A bench that falls silent"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        del limits, choice
        most = SERVICE_SILENT_MOST_MS / 1000 + ANSWER_MS / 1000
        line = Line(
            "silence.vented", "all vent after the last word", "s", 0.3, most, "core: SERVICE_SILENT_MOST_MS"
        )
        return [line]

    def run(self, bench: Bench, choice: Choice) -> None:
        i = choice.chambers[0]
        bench.fill_to([i], PRESSED_MMHG)
        bench.act(0.2, seal=bench.kept(1 << i), fill=1 << i if bench.stays_joined else 0)
        bench.target.renew()
        mark, last_s = bench.target.tape.length, bench.target.clock_s()
        bench.target.wait(SERVICE_SILENT_MOST_MS / 1000 + 1.0, is_silent=True)
        piece = bench.target.tape.since(mark)
        bench.keep("silence", i, piece)
        vented = np.flatnonzero((piece.seal == 0) & (piece.fill == 0))
        if not len(vented):
            raise BenchError("it went on holding the chamber")
        choice.line("silence.vented").measure(float(piece.at_ms[vented[0]]) / 1000 - last_s)
        bench.wait_for(lambda: bench.target.state() in (IDLE, DONE, FAULT), 15.0)


class Watchdog:
    name = "watchdog"
    title = "Watchdog"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        del limits, choice
        line = Line(
            "watchdog",
            "outputs let go after the processor hangs",
            "s",
            0.0,
            WATCHDOG_MOST_S,
            "firmware: watchdog of 1.5 s",
        )
        return [line]

    def run(self, bench: Bench, choice: Choice) -> None:
        line = choice.line("watchdog")
        bench.fill_to([choice.chambers[0]], PRESSED_MMHG)
        try:
            line.measure(bench.target.hang())
        except NotApplicableError as error:
            line.leave_out(str(error))
        bench.wait_for(lambda: bench.target.state() in (SERVICE, IDLE, DONE, FAULT), 20.0)


def _with_safe_left_out(lines: list[Line], limits: Limits) -> list[Line]:
    """Leave out the time to safety where no sensor measures a chamber that is open to the air."""
    if why := why_not(limits.board.boots):
        lines[-1].leave_out(why)
    return lines


def _measure_safe(line: Line, piece: Piece, i: int, end: int) -> None:
    if line.status == NOT_APPLICABLE:
        return
    low = np.flatnonzero(piece.mmhg[end:, i] < SAFE_MMHG)
    if len(low):
        line.measure(float(piece.at_ms[end + low[0]] - piece.at_ms[end]) / 1000)
    else:
        line.fail(f"not below {SAFE_MMHG:g} mmHg within {(piece.at_ms[-1] - piece.at_ms[end]) / 1000:.1f} s")
