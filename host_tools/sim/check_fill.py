"""A check fill on the simulator: the firmware's own core, as plain Python, against the model of the boots."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from host_tools.catalogue.boards import Board
from host_tools.catalogue.programs import load_program
from host_tools.plant.faults import Fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import PlantSpec
from host_tools.sim.run_plain_core import PlainCoreRun
from host_tools.sim.user_events import Presses
from soleus.core import alone_fill, sealed_fill
from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import BUTTON_SERVICE
from soleus.core.check_fill.check_fill import CheckFill
from soleus.core.check_fill.findings import Findings
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.session.session import SERVICE
from soleus.services.check_fill import as_table, lines_of

# Any program will do: none of it runs.
PROGRAM = "easy-run"
TICKS_MOST = 8000
TICK_S = 0.01


@dataclass(frozen=True)
class Check:
    """What a check fill found, and what the boots truly had meanwhile."""

    findings: Findings
    names: list[str]
    fill_s: float
    whole_s: float
    max_mmhg: float
    end_mmhg: float
    fault_code: int
    refused_count: int
    # What went in and out at each tick, by the names of a trace.
    columns: dict[str, np.ndarray]

    @property
    def texts(self) -> list[str]:
        return lines_of(as_table(self.findings), self.names)

    @property
    def fits(self) -> bool:
        return not max(self.findings.found) and not self.findings.no_leg_bits


def check_for(boots: Boots) -> CheckFill:
    """The kind that these boots need."""
    is_alone = boots.is_three_way or boots.has_manifold_sensor_only
    return (alone_fill if is_alone else sealed_fill).service_for(boots)


def run_check(board: Board, plant: PlantSpec, faults: Sequence[Fault] = (), seed: int = 0) -> Check:
    """`plant` must have the board's kind of sensors: see `on_board`."""
    controller = Controller(board.boots)
    make_ready(controller, load_program(PROGRAM))
    check = check_for(board.boots)
    controller.service = check  # type: ignore[assignment]  # alike by its names, as a chip takes it
    the_plant = draw_plant(plant, board.boots, seed)
    for fault in faults:
        the_plant.set_fault(fault)
    run = PlainCoreRun(controller, the_plant, Presses([0], [BUTTON_SERVICE]))
    run.advance(TICKS_MOST)
    columns = run.new_columns()
    return Check(
        findings=check.findings,
        names=board.boots.names,
        fill_s=int((columns["state"] == SERVICE).sum()) * TICK_S,
        whole_s=len(columns["state"]) * TICK_S,
        max_mmhg=float(columns["pressure_mmhg"].max()),
        end_mmhg=float(columns["pressure_mmhg"][-1].max()),
        fault_code=controller.latch.code,
        refused_count=controller.interlock.refused_count,
        columns=columns,
    )
