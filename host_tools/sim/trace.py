"""The trace of a simulated session, tick by tick: the truth beside what was measured."""

from dataclasses import dataclass, field

import numpy as np

from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.basics.limits import TICK_MS

TICK_S = TICK_MS / 1000


@dataclass(frozen=True)
class Note:
    """Something that happened at a moment: a person's event, an injected fault, a detected one, a state."""

    at_s: float
    kind: str  # "event", "injected", "fault", "state"
    text: str


@dataclass(frozen=True)
class Trace:
    """Columns over time; two-dimensional ones are (ticks, chambers)."""

    chamber_names: list[str]
    dt_ms: np.ndarray  # what the firmware's clock measured for this tick
    time_s: np.ndarray  # true time at the end of the tick
    buttons: np.ndarray
    state: np.ndarray  # soleus.core.session.session.STATE_NAMES
    cycle: np.ndarray
    stage: np.ndarray  # index into the timeline's stages
    stage_kind: np.ndarray  # soleus.core.program.timeline.STAGE_NAMES
    fault_code: np.ndarray
    fill_bits: np.ndarray
    seal_bits: np.ndarray
    pump_permille: np.ndarray
    gate_on: np.ndarray
    missing_bits: np.ndarray
    manifold_reading_pa: np.ndarray
    supply_mv: np.ndarray
    setpoint_pa: np.ndarray  # 2-D; 0 where the chamber is open to the air
    target_pa: np.ndarray  # 2-D; `setpoint_pa` is on its way there
    phase: np.ndarray  # 2-D; soleus.core.regulate.regulation.PHASE_NAMES
    reading_pa: np.ndarray  # 2-D; raw, as the sensors gave it
    pressure_mmhg: np.ndarray  # 2-D; true chamber pressure
    air_ml: np.ndarray  # 2-D; true content of each chamber, mL at ambient pressure
    manifold_mmhg: np.ndarray  # true; the highest within the tick
    pump_flow_ml_s: np.ndarray
    supply_v: np.ndarray
    notes: list[Note] = field(default_factory=list)

    @property
    def setpoint_mmhg(self) -> np.ndarray:
        return self.setpoint_pa / PA_PER_MMHG

    @property
    def target_mmhg(self) -> np.ndarray:
        return self.target_pa / PA_PER_MMHG

    @property
    def reading_mmhg(self) -> np.ndarray:
        return self.reading_pa / PA_PER_MMHG

    def __len__(self) -> int:
        return len(self.time_s)
