"""Machines in order that are unlike those of the plant files: none of them may be stopped or rested.

From a child's leg to a very large one, twice as soft, through narrow hoses, with slow valves, a heavy rotor,
a pump of 2 or of 30 L/min, noise at the datasheet's worst, on both models of a leg.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

from host_tools.catalogue.boards import board_names
from host_tools.output.page import table
from host_tools.plant.files.spec import PlantSpec, Range, load_plant
from host_tools.plant.parts.gas import in_series
from host_tools.plant.parts.units import AMBIENT_MMHG, ML_S_PER_L_MIN, PA_PER_MMHG, SAFE_MMHG
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.simulate import Session, simulate
from host_tools.verify.healthy.verdict import Verdict, judge
from soleus.core.basics import faults
from soleus.core.basics.limits import TICK_MS, VENT_MOST_MS, VENTED_PA

PROGRAM = "easy-run"
PRESSURES_MMHG = (40, 55, 70)
END_S = 240
HYSTERETIC_SHARE = 0.4

# What is drawn: factors (x) of the nominal plant's numbers, or numbers. [G] unless it says otherwise.
_ENDS = {
    "slack": (0.5, 1.4),  # x; a leg that fills its boot, and a child's in a large one
    "compliance": (0.5, 2.0),  # x
    "blood": (0.3, 2.0),  # x
    "hose_k": (12.0, 49.0),  # mL/s/sqrt(mmHg); 12 is a hose of 2.3 mm by 1.5 m [D]
    "valve_k": (15.0, 40.0),
    "on_ms": (5.0, 150.0),
    "off_ms": (5.0, 150.0),
    "rotor_ms": (50.0, 300.0),
    "flow_l_min": (2.0, 30.0),
    "noise": (0.5, 2.0),  # x; up to 1.2 mmHg on a chip's own converter, 0.12 if digital
}


@dataclass(frozen=True)
class WideSession:
    board: str
    seed: int
    pressure_mmhg: int
    model: str
    drawn: dict[str, float]
    verdict: Verdict
    # The machine can't do what was asked for, and the complaint says so.
    is_true: bool

    @property
    def words(self) -> str:
        drawn = ", ".join(f"{key} {value:.3g}" for key, value in self.drawn.items())
        return f"{self.model}, {drawn}"


def wide_numbers(seed: int) -> tuple[str, dict[str, float]]:
    """The model of the leg, and the numbers: small and large factors are equally likely."""
    dice = random.Random(f"wide {seed}")
    model = "hysteretic" if dice.random() < HYSTERETIC_SHARE else "elastic"
    return model, {key: exp(dice.uniform(log(low), log(high))) for key, (low, high) in _ENDS.items()}


def wide_plant(seed: int) -> PlantSpec:
    """The nominal plant with those numbers; single parts still differ as the nominal ones do."""
    model, drawn = wide_numbers(seed)
    nominal = load_plant("nominal")
    # Neighbours can't push more than there is room for.
    coupling = min(drawn["compliance"], 1.3 * drawn["slack"])
    chambers = {
        zone: spec.model_copy(
            update={
                "slack_ml": _times(spec.slack_ml, drawn["slack"]),
                "compliance_ml_mmhg": _times(spec.compliance_ml_mmhg, drawn["compliance"]),
                "coupling_ml_mmhg": _times(spec.coupling_ml_mmhg, coupling),
            }
        )
        for zone, spec in nominal.chamber
    }
    valve = {
        "on_ms": _about(drawn["on_ms"]),
        "off_ms": _about(drawn["off_ms"]),
        "conductance": _about(drawn["valve_k"]),
    }
    leg = {"model": model, "blood_ml": _times(nominal.leg.blood_ml, drawn["blood"])}
    pump = {
        "free_flow_l_min": Range(drawn["flow_l_min"], drawn["flow_l_min"]),
        "time_constant_ms": Range(drawn["rotor_ms"], drawn["rotor_ms"]),
    }
    return nominal.model_copy(
        update={
            "about": f"wide, {seed}",
            "pump": nominal.pump.model_copy(update=pump),
            "valve": nominal.valve.model_copy(
                update={
                    "fill": nominal.valve.fill.model_copy(update=valve),
                    "vent": nominal.valve.vent.model_copy(update=valve),
                }
            ),
            "hose": nominal.hose.model_copy(update={"conductance": _about(drawn["hose_k"])}),
            "chamber": nominal.chamber.model_copy(update=chambers),
            "leg": nominal.leg.model_copy(update=leg),
            "sensor": _noisier(nominal.sensor, drawn["noise"]),
            "digital_sensor": _noisier(nominal.digital_sensor, drawn["noise"]),
        }
    )


def run_wide(board: str, seeds: Iterable[int]) -> Iterator[WideSession]:
    for seed in seeds:
        pressure_mmhg = PRESSURES_MMHG[seed % len(PRESSURES_MMHG)]
        session = simulate(
            PROGRAM, board, wide_plant(seed), pressure=pressure_mmhg, seed=seed, event=[f"stop@{END_S}s"]
        )
        model, drawn = wide_numbers(seed)
        verdict = judge(session)
        yield WideSession(
            board,
            seed,
            pressure_mmhg,
            model,
            drawn,
            verdict,
            _is_true(session, verdict, drawn, pressure_mmhg),
        )


def _is_true(session: Session, verdict: Verdict, drawn: dict[str, float], pressure_mmhg: int) -> bool:
    """A chamber had not vented in time, by its true pressure; or the pump's flow costs more in the hose than
    is wanted in the chamber."""
    if not is_refused(verdict):
        return False
    fault = session_result(session).fault
    if fault is None or fault.code != faults.code_of(faults.VENT_FAILURE):
        return hose_share_mmhg(drawn) > pressure_mmhg
    chamber = session.request.board.boots.names.index(fault.chamber)
    true_mmhg = session.trace.pressure_mmhg[round(fault.at_s * 1000 / TICK_MS), chamber]
    return bool(true_mmhg >= VENTED_PA / PA_PER_MMHG)


def is_refused(verdict: Verdict) -> bool:
    """Stopped, or with a chamber that was taken out."""
    return bool(verdict.fault or verdict.rested)


def is_off(verdict: Verdict) -> bool:
    """It went on, but not at the pressures that were asked for."""
    return not is_refused(verdict) and not (verdict.is_in_range and verdict.has_reached)


def slowest_vent_s(drawn: dict[str, float], pressure_mmhg: float) -> float:
    """How long the thigh takes at least to fall to where a leg counts as free, all vents open.

    From `C dp/dt = -K sqrt(p)`, with the valve and the hose in series: about right, and on the quick side.
    """
    thigh = load_plant("nominal").chamber.thigh
    air_ml = thigh.dead_ml.low + thigh.slack_ml.low * drawn["slack"]
    takes = thigh.compliance_ml_mmhg.low * drawn["compliance"] + air_ml / AMBIENT_MMHG
    k = in_series(drawn["valve_k"], drawn["hose_k"])
    return 2.0 * takes * (sqrt(pressure_mmhg) - sqrt(SAFE_MMHG)) / k


def hose_share_mmhg(drawn: dict[str, float]) -> float:
    """What the whole flow of the pump costs in the hose."""
    return (drawn["flow_l_min"] * ML_S_PER_L_MIN / drawn["hose_k"]) ** 2


def code_of(verdict: Verdict) -> str:
    """The code of the first complaint."""
    return (verdict.fault or verdict.rested[0])[:3]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m host_tools.verify.healthy.wide", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--board", choices=board_names(), action="append", help="one of them instead of all")
    parser.add_argument("--sessions", type=int, default=200, help="for each board; 200 by default")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.sessions)
    refused_count = 0
    for board in asked.board or board_names():
        sessions = list(run_wide(board, seeds))
        refused = [session for session in sessions if is_refused(session.verdict)]
        refused_count += sum(not session.is_true for session in refused)
        print(f"{board}: {len(refused)} of {len(sessions)} stopped or rested", flush=True)
        true, false = (_complaints(each for each in refused if each.is_true is so) for so in (True, False))
        print(f"did not vent within {VENT_MOST_MS / 1000:g} s, or a hose far too narrow for its pump: {true}")
        print(f"could have done it: {false}")
        off = [session.seed for session in sessions if is_off(session.verdict)]
        print(f"{len(off)} went on at other pressures than were asked for: seeds {off}\n")
        print(table(_HEADINGS, [_row(each) for each in refused]))
    return int(refused_count > 0)


def _complaints(sessions: Iterable[WideSession]) -> str:
    """How many, and how often each code."""
    codes = Counter(code_of(session.verdict) for session in sessions)
    return f"{codes.total()} ({', '.join(f'{count} x {code}' for code, count in sorted(codes.items()))})"


_HEADINGS = ("seed", "so?", "mmHg", "stopped or rested", "vents in s", "hose mmHg", "machine")


def _row(session: WideSession) -> tuple[str, ...]:
    verdict = session.verdict
    return (
        str(session.seed),
        "yes" if session.is_true else "no",
        str(session.pressure_mmhg),
        "; ".join([*([verdict.fault] if verdict.fault else []), *verdict.rested]),
        f"{slowest_vent_s(session.drawn, session.pressure_mmhg):.1f}",
        f"{hose_share_mmhg(session.drawn):.0f}",
        session.words,
    )


def _times(drawn: Range, factor: float) -> Range:
    return Range(drawn.low * factor, drawn.high * factor)


def _about(value: float) -> Range:
    return Range(0.95 * value, 1.05 * value)


def _noisier(sensor: Any, factor: float) -> Any:
    return sensor.model_copy(update={"noise_mmhg": _times(sensor.noise_mmhg, factor)})


if __name__ == "__main__":
    sys.exit(main())
