"""Runs one trial: the options as for `soleus sim`, the session, and its row in the table."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from host_tools.plant.parts.units import SAFE_MMHG
from host_tools.sim.figures.metrics import FaultResult, SessionResult
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.loop import AFTER_FAULT_MOST_MS
from host_tools.sim.request import prepare
from host_tools.sim.simulate import Session, run
from host_tools.sim.trace import Trace
from host_tools.verify.campaign.blame import far_above_s, is_blamed_right, longest_s
from host_tools.verify.campaign.budget import Took, took
from host_tools.verify.campaign.plan import (
    HEALTHY,
    MOVE_FROM_S,
    MOVE_LEAST_S,
    MOVE_MOST_S,
    SINGLE,
    Trial,
    kind_of,
)
from host_tools.verify.campaign.rehearsal import onset_s
from host_tools.verify.campaign.rules import PRESSED_MMHG, Outcome, verdict

Row = dict[str, str | int | float | None]

# A session that goes on for so long after stop was pressed counts as endless.
ENDLESS_AFTER_S = 60.0 + AFTER_FAULT_MOST_MS / 1000
ENDLESS = "endless"


class Enough(KeyboardInterrupt):
    """Ends a simulation as Ctrl-C would: the rows so far are kept."""


@dataclass(frozen=True)
class Orders:
    """What the simulator is told in addition to the machine."""

    faults: list[str]
    events: list[str]
    onset_s: float | None
    stop_s: float | None


def run_trials(trials: Sequence[Trial]) -> list[Row]:
    """Run a worker's share."""
    return [run_trial(trial) for trial in trials]


def run_trial(trial: Trial) -> Row:
    orders = orders_of(trial)
    session = _session(trial, orders)
    result = session_result(session)
    outcome = _outcome(trial, orders, session, result)
    word, why = verdict(outcome)
    fault = result.fault
    budget = _took(trial, orders, session, result)
    return {
        **_asked(trial),
        "onset_s": orders.onset_s,
        "verdict": word,
        "why": why,
        "outcome": ENDLESS if session.was_interrupted else result.outcome,
        "code": fault.code if fault else _first_notice(result, "code"),
        "name": fault.name if fault else _first_notice(result, "name"),
        "chamber": fault.chamber if fault else _first_notice(result, "chamber"),
        "detected_s": outcome.noticed_s if outcome.is_detected else None,
        "latched_s": outcome.latched_s,
        "safe_s": outcome.safe_s,
        "requirement": budget.requirement if budget else None,
        "took_s": round(budget.took_s, 3) if budget else None,
        "budget_s": budget.budget_s if budget else None,
        "is_late": budget is not None and budget.is_late,
        "max_pressure_mmhg": round(result.max_pressure_mmhg, 3),
        "manifold_max_mmhg": round(result.manifold_max_mmhg or 0.0, 3),
        "far_above_s": round(far_above_s(session.trace), 2),
        "blamed_right": _blamed_right(trial, orders, result),
        "pressed_s": round(outcome.pressed_s, 2),
        "simulated_s": result.simulated_s,
        "refused": session.controller.interlock.refused_count,
        "notices": "; ".join(f"{n.code} {n.chamber} at {n.at_s:.2f} s" for n in result.notices),
        "command": command(trial, orders),
    }


def orders_of(trial: Trial) -> Orders:
    if trial.part == HEALTHY:
        return _healthy_orders(trial)
    first_s = onset_s(trial)
    faults = [f"{trial.component}:{trial.mode}@{first_s:.2f}s"]
    last_s = first_s
    if trial.second:
        last_s = first_s + trial.delay_s
        faults.append(f"{trial.second}@{last_s:.2f}s")
    stop_s = last_s + trial.watch_s
    return Orders(faults, [f"stop@{stop_s:.2f}s"], round(first_s, 2), stop_s)


def command(trial: Trial, orders: Orders) -> str:
    words = ["soleus", "sim", trial.program, "--board", trial.board, "--plant", trial.plant]
    words += ["--pressure", str(trial.pressure), "--seed", str(trial.seed)]
    words += [word for fault in orders.faults for word in ("--fault", fault)]
    words += [word for event in orders.events for word in ("--event", event)]
    return shlex.join(words)


def _healthy_orders(trial: Trial) -> Orders:
    """A leg moves for some seconds; a person may press a button, and stop unless the session runs on."""
    end_s = trial.watch_s or 300.0
    move_s = MOVE_FROM_S + trial.jitter * (end_s - 2 * MOVE_FROM_S)
    lasts_s = MOVE_LEAST_S + (MOVE_MOST_S - MOVE_LEAST_S) * (trial.jitter * 7 % 1)
    faults = [f"leg.left:move@{move_s:.2f}s+{lasts_s:.2f}s"]
    event_s = MOVE_FROM_S + (1 - trial.jitter) * (end_s - 3 * MOVE_FROM_S)
    names = [name.strip() for name in trial.events.split(" and ")] if trial.events else []
    events = [f"{name}@{event_s + 10 * number:.2f}s" for number, name in enumerate(names)]
    events += [f"stop@{trial.watch_s:.2f}s"] if trial.watch_s else []
    return Orders(faults, events, None, trial.watch_s or None)


def _session(trial: Trial, orders: Orders) -> Session:
    request = prepare(
        trial.program,
        trial.board,
        trial.plant,
        pressure=trial.pressure,
        fault=orders.faults,
        event=orders.events,
        seed=trial.seed,
    )

    def watch(simulated_s: float, _total_s: float) -> None:
        if orders.stop_s is not None and simulated_s > orders.stop_s + ENDLESS_AFTER_S:
            raise Enough

    return run(request, on_progress=watch)


def _outcome(trial: Trial, orders: Orders, session: Session, result: SessionResult) -> Outcome:
    trace = session.trace
    latched_s = result.fault.at_s if result.fault else None
    noticed = [notice.at_s for notice in result.notices] + ([] if latched_s is None else [latched_s])
    return Outcome(
        broken=_broken(trial),
        has_gate=session.request.board.boots.has_gate,
        onset_s=orders.onset_s,
        noticed_s=min(noticed, default=None),
        latched_s=latched_s,
        safe_s=_safe_s(trace, latched_s),
        end_s=float(trace.time_s[-1]),
        is_moving_only=trial.mode == "move" and not trial.second,
        max_pressure_mmhg=result.max_pressure_mmhg,
        pressed_s=longest_s(trace.pressure_mmhg > PRESSED_MMHG, trace),
        pressed_at_end=bool(trace.pressure_mmhg[-1].max() > PRESSED_MMHG),
    )


def _took(trial: Trial, orders: Orders, session: Session, result: SessionResult) -> Took | None:
    """Only for single faults: in a pair, nothing tells which of the two was detected."""
    found = min(
        [each for each in [result.fault, *result.notices] if each], key=lambda it: it.at_s, default=None
    )
    if trial.part != SINGLE or found is None or orders.onset_s is None or found.at_s < orders.onset_s:
        return None
    boots = session.request.board.boots
    return took(found, trial.component, trial.mode, orders.onset_s, session.trace, boots)


def _blamed_right(trial: Trial, orders: Orders, result: SessionResult) -> bool | None:
    """Only for single faults: in a pair either may be named."""
    if trial.part != SINGLE or orders.onset_s is None:
        return None
    return is_blamed_right(trial.component, trial.board, orders.onset_s, result)


def _broken(trial: Trial) -> frozenset[tuple[str, str]]:
    if trial.part == HEALTHY:
        return frozenset()
    second, _, mode = trial.second.partition(":")
    broken = [(kind_of(trial.component), trial.mode)] + ([(kind_of(second), mode)] if second else [])
    return frozenset(broken)


def _safe_s(trace: Trace, latched_s: float | None) -> float | None:
    """The time after the latch from which every chamber stayed empty."""
    if latched_s is None:
        return None
    start = int(np.searchsorted(trace.time_s, latched_s - 0.0005))
    unsafe = np.flatnonzero((trace.pressure_mmhg[start:] >= SAFE_MMHG).any(axis=1))
    safe = start + (int(unsafe[-1]) + 1 if len(unsafe) else 0)
    return float(trace.time_s[safe]) if safe < len(trace) else None


def _asked(trial: Trial) -> Row:
    return {
        "number": trial.number,
        "part": trial.part,
        "program": trial.program,
        "board": trial.board,
        "plant": trial.plant,
        "pressure": trial.pressure,
        "seed": trial.seed,
        "component": trial.component,
        "kind": kind_of(trial.component),
        "mode": trial.mode,
        "phase": trial.phase,
        "jitter": trial.jitter,
        "second": trial.second,
        "delay_s": trial.delay_s,
        "watch_s": trial.watch_s,
    }


def _first_notice(result: SessionResult, key: str) -> str | None:
    first: FaultResult | None = min(result.notices, key=lambda notice: notice.at_s, default=None)
    return getattr(first, key) if first else None
