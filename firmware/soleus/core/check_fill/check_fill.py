"""What both kinds of check fill share. For guards and interlock it is service, as of a bench.

A chip loads it for the check alone, before anything is energised, and lets go of it when the boots are empty.
Each serves once.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands, all_vent
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.check_fill.findings import Findings
from soleus.core.check_fill.means import Means
from soleus.core.regulate.regulation import FILL, HOLD, OFF, PEEK
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer
from soleus.core.session.session import COMPLETED

# What the guard of overpressure takes for the target: as gentle as a session can be.
CHECK_PA = pa_from_mmhg(20)
COAST_MS = 300
SETTLE_MS = 200
# A hole lets at least this much go between two looks.
LOST_PERMILLE = 180
# ... and above this pressure much more, while cloth that has just been stretched gives way.
STRETCHED_PA = pa_from_mmhg(3)
LOST_MORE_PERMILLE = 400

BEGIN = 0
ROLL = 1
PROBE = 2
COAST = 3
SETTLE = 4
LOOK = 5
WAIT = 6
OVER = 7


class CheckFill:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.findings = Findings(boots)
        self.look = Means(boots)
        # It comes to an end by itself.
        self.ended_by = COMPLETED
        self.check_ms = 0
        self.stage = BEGIN
        self.stage_ms = 0
        # The chambers that are joined to the manifold now.
        self.joined_bits = 0

    def begin(self) -> None:
        self.check_ms = self.stage_ms = 0

    def renew(self) -> None:
        """A bench says that it is still there."""

    def has_fallen_silent(self) -> bool:
        return self.stage == OVER

    def go(self, stage: int) -> None:
        self.stage = stage
        self.stage_ms = 0

    def step(self, gauges: Gauges, sequencer: Sequencer, phase: list, commands: Commands, dt_ms: int) -> None:
        all_vent(commands)
        self.check_ms += dt_ms
        self.stage_ms += dt_ms
        self.advance(gauges, commands, dt_ms)
        # Tells the guards which chambers are kept under pressure, and how high it may be.
        kept_bits = commands.fill_bits | commands.seal_bits
        for index in range(self.boots.count):
            bit = 1 << index
            sequencer.target_pa[index] = CHECK_PA if kept_bits & bit else 0
            sequencer.setpoint_pa[index] = 0
            if commands.fill_bits & bit:
                phase[index] = FILL if commands.pump_permille else PEEK
            else:
                phase[index] = HOLD if kept_bits & bit else OFF
        sequencer.keep_bits = kept_bits
        sequencer.forget_targets()

    def advance(self, _gauges: Gauges, _commands: Commands, _dt_ms: int) -> None:
        """Each kind has its own."""
