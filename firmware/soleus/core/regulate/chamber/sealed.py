"""Setpoints to valves and pump, where each chamber has a fill valve and a vent valve.

Every chamber is filled at full flow until just before its target, left to settle, measured, and then
trimmed by measured doses of pump air or of open vent. How early to stop, and how much a dose brings, is
learned for each chamber. One manifold feeds them all: a full chamber may not be joined to it while another
is being filled, or its air would flow over; so doses take turns with fills.

The parts, each with its own state, in the order in which they know each other:

    phases, ledger <- moves; air path, moves <- fills <- doses <- trims <- holds <- turns

What depends on the sensors is chosen once, by `controller.py`: this regulator's parts are those of `chamber/`
where each chamber has a sensor. Where one sensor on the manifold sees only the chambers that are joined to
it, `manifold/` gives the regulator parts with the same names.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands
from soleus.core.regulate.chamber.fills import ChamberFills
from soleus.core.regulate.chamber.holds import ChamberHolds
from soleus.core.regulate.chamber.turns import ChamberTurns
from soleus.core.regulate.regulation import (
    BLEED,
    COAST,
    DOSE,
    FILL,
    HOLD,
    OFF,
    SETTLE,
    SETTLE_MS,
    WAITING,
)
from soleus.core.regulate.trims import Trims
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# One manifold sensor sees a held chamber only when it is joined for a moment.
PEEK_MS = 130


class SealedRegulator:
    def __init__(
        self, boots: Boots, fills: ChamberFills, trims: Trims, holds: ChamberHolds, turns: ChamberTurns
    ) -> None:
        self.boots = boots
        self.fills = fills
        self.trims = trims
        self.holds = holds
        self.turns = turns
        self.doses = trims.doses
        self.sensing = trims.sensing
        self.moves = trims.moves
        self.learned = trims.learned
        self.ledger = trims.ledger
        self.phases = trims.phases
        self.phase = self.phases.phase
        self.air = self.fills.air

    def is_quiet(self) -> bool:
        """No pump air is on its way."""
        air = self.air
        if air.pump_permille or self.phases.bits[COAST]:
            return False
        return air.rotor_permille <= air.quiet_rotor_permille

    def vent_all(self) -> None:
        self.phases.turn_all_off()
        for index in range(self.boots.count):
            self._forget(index)
        self.air.part_all()

    def step(self, gauges: Gauges, sequencer: Sequencer, commands: Commands, dt_ms: int) -> None:
        phases = self.phases
        air = self.air
        keep_bits = sequencer.keep_bits
        if sequencer.stage_ms == 0:
            self.ledger.reached_bits &= ~sequencer.raise_bits()
        phase = phases.phase
        phase_bits = phases.bits
        filling_count = phases.filling_count
        air.turn(filling_count, dt_ms)
        if filling_count:
            self.ledger.filled_bits |= phase_bits[FILL] & air.joined_bits
            self.fills.look_ahead(gauges, sequencer)
        self.doses.dosed_bits = 0
        moving_bits = keep_bits | phases.all_bits & ~phase_bits[OFF]
        if phase_bits[HOLD]:
            moving_bits &= ~self.holds.still_bits(gauges, sequencer, dt_ms)
        index = -1
        while moving_bits:
            is_moving = moving_bits & 1
            moving_bits >>= 1
            index += 1
            if not is_moving:
                continue
            if not keep_bits & (1 << index):
                phases.go(index, OFF)
                self._forget(index)
            elif phase[index] == FILL:
                self.fills.step(index, gauges, sequencer, dt_ms)
            else:
                self._advance(index, gauges, sequencer, dt_ms)
        wanted_bits = self.turns.next_bits(gauges, sequencer) & keep_bits
        if wanted_bits != air.joined_bits or air.overlap_bits:
            self._join(wanted_bits, keep_bits, dt_ms)
        joined_bits = air.joined_bits
        seal_bits = (keep_bits | joined_bits) & ~phase_bits[BLEED]
        commands.fill_bits = joined_bits & seal_bits
        commands.seal_bits = seal_bits
        commands.pump_permille = air.pump_permille if joined_bits & seal_bits else 0

    def _forget(self, index: int) -> None:
        """The chamber is open to the air."""
        self.fills.fill_ms[index] = 0
        self.moves.trims_count[index] = 0
        self.ledger.close(index)

    def _advance(self, index: int, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> None:
        """A tick of every phase but FILL."""
        phases = self.phases
        phase = phases.phase[index]
        phases.phase_ms[index] += dt_ms
        ledger = self.ledger
        bit = 1 << index
        if ledger.restless_bits & bit:
            ledger.calm_down(index, dt_ms)
        elif ledger.reached_bits & bit:
            ledger.held_ms[index] += dt_ms
            ledger.held_bits |= bit
        target_pa = sequencer.target_pa[index]
        if phase == HOLD:
            self.holds.step(index, gauges, target_pa, dt_ms)
        elif phase == OFF:
            self._fill_from_empty(index)
        elif phase == COAST:
            self.fills.coast(index, gauges)
        elif phase == DOSE:
            self.doses.step(index, gauges, target_pa, dt_ms)
        elif phase == BLEED:
            self.trims.bleed(index, gauges, target_pa)
        else:
            self._wait(index, gauges, target_pa)

    def _wait(self, index: int, gauges: Gauges, target_pa: int) -> None:
        """The phases in which no air is moved for this chamber."""
        phase = self.phases.phase[index]
        waits_ms = SETTLE_MS if phase == SETTLE else PEEK_MS
        if phase == WAITING:
            if gauges.smooth_pa[index] >= target_pa:
                # A neighbour that fills squeezes this chamber too: the air is no longer needed.
                self.moves.reach(index)
        elif self.phases.phase_ms[index] >= waits_ms:
            self.trims.judge(index, gauges, target_pa)

    def _fill_from_empty(self, index: int) -> None:
        self.ledger.held_ms[index] = 0
        self.ledger.dose_us[index] = 0
        self.fills.begin(index)
        self.fills.refill_bits &= ~(1 << index)

    def _join(self, wanted_bits: int, keep_bits: int, dt_ms: int) -> None:
        """With the pump running, a chamber leaves the manifold only after the next one has opened."""
        air = self.air
        leaving_bits = air.handing_over_bits(wanted_bits, keep_bits)
        if leaving_bits and not self.doses.meets_low_manifold(wanted_bits):
            air.begin_overlap(leaving_bits)
        air.join(wanted_bits, keep_bits, dt_ms)
