"""The simulator as a target: the firmware's core and the plant, compiled, as fast as this computer can."""

import hashlib
from typing import Any

import numpy as np

from host_tools.basics.paths import SOLEUS_PACKAGE
from host_tools.bench.targets.tape import Tape
from host_tools.bench.targets.target import BenchError, Identity, NotApplicableError
from host_tools.bench.targets.vessel import Vessel
from host_tools.catalogue.boards import Board
from host_tools.catalogue.programs import load_program
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.plant.plant import Plant
from host_tools.sim.compiled import compiled, freeze, thaw
from host_tools.sim.loop import run_ticks
from host_tools.sim.recording import TraceRows
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.user_events import Presses
from soleus.core.basics import fault_table, faults
from soleus.core.basics.signals import BUTTON_CLEAR, BUTTON_SERVICE, BUTTON_START, BUTTON_STOP
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.service.service import Service
from soleus.core.service.service_requests import act_from

CHUNK_TICKS = 50
NO_STORE = "the simulator keeps no calibration; a virtual board does"
BUTTONS = {"start": BUTTON_START, "stop": BUTTON_STOP, "clear": BUTTON_CLEAR, "service": BUTTON_SERVICE}
# Mains supply: an endurance run would empty any battery.
MAINS_WH = 1e6


@compiled
def put_act(controller: Any, values: Any) -> None:
    """`values` are in the order of `ACT_FIELDS`."""
    asked = controller.service.asked
    asked.fill_bits, asked.seal_bits, asked.pump_permille = values[0], values[1], values[2]
    asked.stop_pa, asked.run_ms, asked.coast_ms = values[3], values[4], values[5]
    asked.then_fill_bits, asked.then_seal_bits = values[6], values[7]
    asked.for_ms, asked.limit_pa = values[8], values[9]
    controller.service.asked_count = (controller.service.asked_count + 1) & 0xFFFF
    controller.service.silent_ms = 0


ACT_FIELDS = (
    *("fill_bits", "seal_bits", "pump_permille", "stop_pa", "run_ms", "coast_ms"),
    *("then_fill_bits", "then_seal_bits", "for_ms", "limit_pa"),
)


@compiled
def renew(controller: Any) -> None:
    controller.service.silent_ms = 0


@compiled
def state_of(controller: Any) -> int:
    return int(controller.session.state)


class SimTarget:
    kind = "sim"

    def __init__(self, board: Board, plant: PlantSpec, seed: int = 0, has_mains: bool = False) -> None:
        self.board = board
        self.tape = Tape(board.boots)
        self.now_s = 0.0
        self.plant: Plant = draw_plant(on_board(plant, board.table), board.boots, seed)
        if has_mains:
            self.plant.supply.capacity_wh = MAINS_WH
        self.controller = Controller(board.boots)
        self.truth: list[dict[str, np.ndarray]] = []
        self.keeps_truth = False
        self._vessel = Vessel()
        self._zeros_pa = np.zeros(1)
        self._seed = seed
        self._about = plant.about
        self._rows = TraceRows(board.boots.count, CHUNK_TICKS)
        self._frozen_rows = freeze(self._rows)
        self._idle = self._presses(0)
        self._pressed = 0
        self.plant.sensors.read_all_in_each_tick()
        # Compiles if needed, and says so.
        CompiledRun(self.controller, self.plant, Presses([0], [0]))
        self._freeze()

    def identity(self) -> Identity:
        return Identity(
            serial=f"sim-{hashlib.sha256(self._about.encode()).hexdigest()[:6]}-{self._seed}",
            board=self.board.name,
            firmware=firmware_hash(),
            calibrated_on="",
            facts={"plant": f"{self._about}, seed {self._seed}"},
        )

    def begin_service(self) -> None:
        self._pressed |= BUTTON_SERVICE

    def act(self, table: dict[str, int]) -> None:
        service = Service(self.board.boots)
        service.ask(act_from(table, self.board.boots))
        put_act(self._frozen, np.array([getattr(service.asked, name) for name in ACT_FIELDS], np.int64))

    def wait(self, seconds: float, is_silent: bool = False) -> None:
        left = round(seconds * 100)
        while left > 0:
            if not is_silent:
                renew(self._frozen)
            presses = self._idle if not self._pressed else self._presses(self._pressed)
            self._pressed = 0
            ticks_count = min(left, CHUNK_TICKS)
            run_ticks(self._frozen, self._plant, presses, self._frozen_rows, ticks_count)
            left -= ticks_count
            self._note(ticks_count)

    def renew(self) -> None:
        renew(self._frozen)

    def clock_s(self) -> float:
        return self.now_s

    def state(self) -> int:
        return int(state_of(self._frozen))

    def press(self, button: str) -> float:
        self._pressed |= BUTTONS[button]
        return self.now_s

    def load(self, program: str, minutes: int, mmhg: int) -> None:
        self._thaw()
        make_ready(self.controller, load_program(program), minutes, mmhg)
        self._freeze()

    def zero_mmhg(self) -> list[float]:
        """The zeros that the check found. The tape's pressures are without them."""
        thaw(self._frozen, self.controller)
        gauges = self.controller.gauges
        boots = self.board.boots
        zeros_pa = [] if boots.has_manifold_sensor_only else list(gauges.zero_pa)
        if boots.sensors_count > len(zeros_pa):
            zeros_pa.append(gauges.manifold_zero_pa)
        self._zeros_pa = np.array(zeros_pa)
        return [float(pa) / PA_PER_MMHG for pa in self._zeros_pa]

    def fault(self) -> dict[str, Any] | None:
        self._thaw()
        latch = self.controller.latch
        if latch.code == faults.NONE:
            return None
        code, name, _, _ = fault_table.TABLE[latch.code]
        return {"code": code, "name": name, "at_ms": latch.at_ms, "value": latch.value, "limit": latch.limit}

    def plug_reference(self, chamber: int | None, reference_ml: float) -> None:
        self._thaw()
        self._vessel.unplug(self.plant)
        if chamber is not None:
            self._vessel.plug(self.plant, chamber, reference_ml)
        self._freeze()

    def gauge_mmhg(self, chamber: int) -> float:
        """A digital gauge with tenths."""
        self._thaw()
        return round(float(self.plant.truth.node_mmhg[chamber]), 1)

    def raw(self) -> np.ndarray:
        raise BenchError(NO_STORE)

    def keep_calibration(self, pairs: dict[int, list[list[int]]], day: str) -> None:
        del pairs, day
        raise BenchError(NO_STORE)

    def thawed_plant(self) -> Plant:
        """The plant as it is now, for a comparison with what was measured."""
        self._thaw()
        return self.plant

    def hang(self) -> float:
        raise NotApplicableError("the simulator has no processor that could hang")

    def close(self) -> None:
        pass

    def _presses(self, buttons: int) -> Any:
        presses = Presses([0], [buttons])
        presses.is_endless = 1
        return freeze(presses)

    def _freeze(self) -> None:
        self._frozen = freeze(self.controller)
        self._plant = freeze(self.plant)

    def _thaw(self) -> None:
        thaw(self._frozen, self.controller)
        thaw(self._plant, self.plant)

    def _note(self, ticks_count: int) -> None:
        # The compiled loop has written into these very arrays: endless presses let it run every tick.
        rows = self._rows.columns(ticks_count)
        boots = self.board.boots
        has_manifold = boots.has_manifold_sensor_only or boots.has_manifold_sensor_too
        # The manifold's sensor is the only one, or the last.
        manifold_pa = rows["manifold_reading_pa"] - (self._zeros_pa[-1] if has_manifold else 0)
        zeros_pa = self._zeros_pa[: boots.count]
        self.now_s = float(rows["time_ms"][-1]) / 1000
        self.tape.append(
            {
                "at_ms": rows["time_ms"],
                "state": rows["state"],
                "fault": rows["fault_code"],
                "fill": rows["fill_bits"],
                "seal": rows["seal_bits"],
                "pump": rows["pump_permille"],
                "mmhg": (rows["reading_pa"] - zeros_pa) / PA_PER_MMHG,
                "manifold_mmhg": manifold_pa / PA_PER_MMHG,
            }
        )
        if self.keeps_truth:
            self.truth.append({name: rows[name] for name in ("time_ms", "pressure_mmhg", "air_ml")})


def firmware_hash() -> str:
    """Twelve digits that identify all that would run on a board."""
    digest = hashlib.sha256()
    for file in sorted(SOLEUS_PACKAGE.rglob("*.py")):
        digest.update(file.relative_to(SOLEUS_PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:12]
