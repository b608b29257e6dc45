"""One controller on one pair of boots: three cycles of a sequence, foot to thigh."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from simple_pid import PID

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.benchmark.peers.on_off import OnOff
from host_tools.benchmark.peers.pid_hands import LEAST_PERMILLE, PERIOD_MS, PidHands
from host_tools.benchmark.peers.timed import Timed
from host_tools.benchmark.peers.unguarded import Unguarded
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.variants import variant
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec, Range, load_plant
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.compiled import compiled, freeze, thaw
from host_tools.sim.figures.air import AirSupply
from host_tools.sim.figures.session_metrics import air_supply
from host_tools.sim.loop import ENDED, run_tick, run_ticks
from host_tools.sim.recording import CHUNK_TICKS, TraceRows, joined
from host_tools.sim.trace import Trace
from host_tools.sim.user_events import presses_of
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.program import Program
from soleus.core.program.table import read_program

SOLEUS, TIMED, ON_OFF, PID_LOOP = "Soleus", "timed", "on/off", "PID"
CONTROLLERS = (SOLEUS, TIMED, ON_OFF, PID_LOOP)
HOLD_S = 2
IDLE_SHARE = 0.01
CYCLES = 3
# Enough for the slowest plant at the highest pressure.
MOST_CHUNKS = 8


@dataclass(frozen=True)
class Settings:
    """What a peer was tuned to on the nominal plant; empty for the core, which learns by itself."""

    fill_ms: tuple[int, ...] = ()
    lead_pa: int = 0
    band_pa: int = 0
    gains: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Case:
    controller: str
    sensors: str
    plant: str
    seed: int
    pressure_mmhg: int
    settings: Settings


@dataclass(frozen=True)
class Ran:
    trace: Trace
    air: AirSupply
    used_wh: float


def run(case: Case) -> Ran:
    board = board_with(case.sensors)
    controller = Controller(board.boots)
    make_ready(controller, _program(case.pressure_mmhg), 0, 0)
    plant = draw_plant(on_board(still(case.plant), board.table), board.boots, case.seed)
    hands = _put_in_place(controller, case)
    rows = TraceRows(board.boots.count)
    frozen: list[Any] = [*(freeze(part) for part in (controller, plant, presses_of([]), rows)), CHUNK_TICKS]
    pid = _Pid(case.settings.gains) if isinstance(hands, PidHands) else None
    chunks = []
    for _ in range(MOST_CHUNKS):
        state = pid.run_chunk(frozen) if pid else run_ticks(*frozen)
        thaw(frozen[3], rows)
        chunks.append(rows.columns(rows.ticks_count))
        if state == ENDED or chunks[-1]["cycle"][-1] >= CYCLES:
            break
    thaw(frozen[0], controller)
    thaw(frozen[1], plant)
    trace = _first_cycles(joined(board.boots.names, chunks))
    return Ran(trace, air_supply(trace, plant), float(plant.truth.battery_wh_used) * _share(trace, chunks))


def board_with(sensors: str) -> Board:
    return variant(load_board(DEFAULT_BOARD), sensors=sensors)


def still(plant: str) -> PlantSpec:
    """The plant with a leg that lies still: control is compared, not legs."""
    spec = load_plant(plant)
    return spec.model_copy(update={"leg": spec.leg.model_copy(update={"movements_per_min": Range(0.0, 0.0)})})


def _program(pressure_mmhg: int) -> Program:
    block = {"pattern": "sequential", "hold_s": HOLD_S}
    return read_program({"id": "benchmark", "minutes": 30, "pressure_mmhg": pressure_mmhg, "blocks": [block]})


def _put_in_place(controller: Any, case: Case) -> Any:
    """Put a peer in the regulator's place and disable the guards: it is measured, not stopped."""
    if case.controller == SOLEUS:
        return controller.regulator
    boots, settings = controller.boots, case.settings
    if case.controller == TIMED:
        peer: Any = Timed(boots)
        peer.fill_ms[:] = settings.fill_ms
    elif case.controller == ON_OFF:
        peer = OnOff(boots)
        peer.lead_pa, peer.band_pa = settings.lead_pa, settings.band_pa
    else:
        peer = PidHands(boots)
        peer.band_pa = settings.band_pa
    controller.guards = Unguarded(boots.count)
    controller.regulator = peer
    return peer


class _Pid:
    """simple-pid controls the pump: mmHg in, a share of full duty out."""

    def __init__(self, gains: tuple[float, float, float]) -> None:
        self._pid = PID(*gains, sample_time=None, output_limits=(0.0, 1.0))

    def run_chunk(self, frozen: list[Any]) -> int:
        controller, _, _, rows, _ = frozen
        begin_chunk(rows)
        while True:
            state, asks, is_new, measured_pa, setpoint_pa = run_until_asked(*frozen)
            if state or not asks:
                return int(state)
            if is_new:
                self._pid.reset()
            self._pid.setpoint = setpoint_pa / PA_PER_MMHG
            duty = self._pid(measured_pa / PA_PER_MMHG, dt=PERIOD_MS / 1000) or 0.0
            # The PID's range begins above the motor's dead band.
            is_wanted = duty > IDLE_SHARE
            set_duty(controller, round(LEAST_PERMILLE + duty * (1000 - LEAST_PERMILLE)) if is_wanted else 0)


@compiled
def begin_chunk(rows: Any) -> None:
    rows.ticks_count = 0


@compiled
def run_until_asked(
    controller: Any, plant: Any, presses: Any, rows: Any, most_ticks: int
) -> tuple[int, int, int, int, int]:
    """Run until the PID is asked or the chunk ends: the state, whether it is asked, and for what."""
    hands = controller.regulator
    state = 0
    asks = 0
    while rows.ticks_count < most_ticks and not state and not asks:
        state = run_tick(controller, plant, presses, rows)
        asks = hands.asks
    is_new = hands.is_new
    hands.is_new = 0
    return state, asks and not state, is_new, hands.measured_pa, hands.setpoint_pa


@compiled
def set_duty(controller: Any, permille: int) -> None:
    controller.regulator.duty_permille = permille


def _first_cycles(trace: Trace) -> Trace:
    keep = trace.cycle < CYCLES
    columns: dict[str, Any] = {
        name: value[keep] for name, value in vars(trace).items() if isinstance(value, np.ndarray)
    }
    return replace(trace, **columns)


def _share(trace: Trace, chunks: list[dict[str, np.ndarray]]) -> float:
    """The share of the run that is counted."""
    return float(trace.time_s[-1]) * 1000 / float(chunks[-1]["time_ms"][-1])
