"""Wanted pressures to valves and pump, where each chamber has a fill valve and a vent valve.

Every chamber is filled at full flow until just before its target, left to settle, measured, and
then trimmed by measured doses of pump air or of open vent. How early to stop, and how much a dose
brings, is learned for each chamber. One manifold feeds them all: a chamber that is full may not be
joined to it while another is being filled, or its air would flow over; so doses take turns with fills.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import COLLAPSE_COUNT, COLLAPSE_PERMILLE, READING_BAD_MS, RUNAWAY_RISE_PA
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.chamber_sensing import AllSeen
from soleus.core.regulate.learned import COAST_MOST_MS, ROTOR_MS, Learned
from soleus.core.regulate.regulation import (
    ASK,
    BAND_PA,
    BLEED,
    BLEED_LEAST_MS,
    BLEED_MOST_MS,
    COAST,
    COAST_LATE_MS,
    COAST_MS,
    DOSE,
    DOSE_LEAST_MS,
    DOSE_MOST_MS,
    DOSE_PERMILLE,
    FAR_PA,
    FILL,
    HOLD,
    LONE_TAPER_PA,
    OFF,
    OUT_OF_BAND_MS,
    OVERLAP_MS,
    PEEK,
    PHASES_COUNT,
    PUMP_MOST_PERMILLE,
    SETTLE,
    SETTLE_MS,
    TAPER_PA,
    duration_ms,
    tapered_permille,
)
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# A held chamber asks for air, or gives some back, beyond these.
TOP_UP_PA = BAND_PA * 4 // 5
# A stage that takes so long has a weak pump: it mustn't be spent on topping up.
PATIENT_MS = 20_000
TOP_UP_SLOW_PA = 3 * BAND_PA
BLEED_PA = BAND_PA * 11 // 10
DOSE_EXTRA_PA = BAND_PA * 3 // 4
# One manifold sensor sees a held chamber only when it is joined for a moment.
PEEK_MS = 130
# After so many trims in a row a chamber counts as reached; the guards judge what remains.
TRIMS_MOST = 4
# A chamber that rises by itself after it has been calm for a while: its leg has moved, and for so long
# its top-ups don't count as a leak.
CALM_MS = 1000
RESTLESS_MS = 8000
# Below this a dose beside a fill is given by a slower pump: its whole flow through one valve would lift
# the manifold 70 mmHg above the chamber. Higher up the pump has less to give.
CALM_DOSE_PA = pa_from_mmhg(95)
CALM_DOSE_PERMILLE = 750
CALM_ROTOR_PERMILLE = 830
# So far above the others a chamber loses air to them while the valves change over.
POUR_SEEN_PA = pa_from_mmhg(20)
# A rotor that turns no faster than this brings nothing any more.
RUN_DOWN_PERMILLE = 100
# Chambers so near to each other slow the pump together.
TOGETHER_PA = pa_from_mmhg(14)
FAR_AHEAD_PA = 1 << 20
# What still comes is at most what the whole pump brings in the longest run-down, a quarter of a second.
SURELY_COMING = 1000 // COAST_MOST_MS
# Until valve and sensor show how a change of the flow has come through.
FLOW_MS = 50
# The hose's share of a reading is looked for at these moments of a fill from empty, in no less flow.
DROP_EARLY_MS = 300
DROP_SEEN_MS = 600
DROP_FLOW_PERMILLE = 200


class SealedRegulator:
    def __init__(self, boots: Boots) -> None:
        count = boots.count
        self.boots = boots
        self.is_blind = boots.has_manifold_sensor_only
        self.phase = [OFF] * count
        self.phase_ms = [0] * count
        # The same, asked the other way round: who is in each phase, and how many are filled.
        self.phase_bits = [0] * PHASES_COUNT
        self.phase_bits[OFF] = boots.all_bits
        self.filling_count = 0
        # How long each chamber has been filled, and how much of that the pump was there for it alone:
        # chambers filled side by side share it. The guards look at the share.
        self.fill_ms = [0] * count
        self.fill_share_us = [0] * count
        self.filled_bits = 0
        # Since it was reached: how long it has been held, and the pump's time that this took. Both stand when
        # it is let go, until it is filled again.
        self.held_ms = [0] * count
        self.held_bits = 0
        self.dose_us = [0] * count
        self.restless_ms = [0] * count
        self.restless_bits = 0
        # Fills in a row that fell together as soon as the valve closed, and by how much the last one.
        self.collapse_count = [0] * count
        self.collapse_pa = [0] * count
        self.collapsed_bits = 0
        # Stops of the pump in a row after which the pressure went on rising.
        self.coast_rise_count = 0
        self.coast_rise_pa = 0
        self.coast_rise_index = 0
        self.late_coast_pa = [0] * count
        self.reached_bits = 0
        # Chambers joined to the manifold by the last commands, and those that stay joined after their turn.
        self.joined_bits = 0
        self.overlap_bits = 0
        self.overlap_ms = 0
        self.learned = Learned(boots)
        self.unseen = _unseen_for(boots, self.learned)
        # The trim or fill under way: its planned time, the pressure before it, how it ended.
        self.planned_ms = [0] * count
        # Where the last quarter of a fill began, and the pump's work since.
        self.late_pa = [0] * count
        self.worked_permille_ms = [0] * count
        self.pump_before_permille = 0
        self.before_pa = [0] * count
        self.goal_pa = [0] * count
        self.trims_count = [0] * count
        self.out_ms = [0] * count
        self.last_move = [OFF] * count
        self.coasted_bits = 0
        self.throttled_ms = 0
        # How fast the rotor turns by now, and whether chambers filled side by side coast side by side.
        self.rotor_permille = 0
        self.flow_permille = 0
        self.dose_permille = DOSE_PERMILLE
        # Of the dose that is being given: for how long, for all that have a share in it, and what they are to
        # have above their target.
        self.dose_ms = DOSE_LEAST_MS
        self.dose_extra_pa = 0
        self.ends_together = False
        self.slow_missing_pa = FAR_AHEAD_PA
        # What each that is filled holds in this tick.
        self.inside_pa = [0] * count
        self.top_up_pa = TOP_UP_PA
        # Doses that ended in this tick.
        self.dosed_bits = 0
        self.stop_pa_s = [0] * count
        # The hose's share is looked for in a fill that began from an empty chamber.
        self.early_pa = [0] * count
        self.refill_bits = 0
        # Filled because more was asked for, and not because air was lost.
        self.raised_bits = 0
        # How far a served chamber stands above the emptiest that fills.
        self.above_pa = [0] * count
        # Who is given a dose between two stretches of another's fill, the pump running on.
        self.served_bits = 0
        self.pump_permille = 0

    def is_quiet(self) -> bool:
        """No pump air is on its way."""
        if self.is_blind and self.rotor_permille > RUN_DOWN_PERMILLE:
            # A throttled pump pauses now and then.
            return False
        return self.pump_permille == 0 and self.phase_bits[COAST] == 0

    def share_anew(self) -> None:
        """A chamber was rested: what was spent on it beside the others doesn't count against them."""
        self.filled_bits = 0
        for index in range(self.boots.count):
            self.fill_share_us[index] = 0

    def vent_all(self) -> None:
        for index in range(self.boots.count):
            self._open(index)
        # Service shows what it does in `phase` alone, and may be broken off at any moment.
        for phase in range(PHASES_COUNT):
            self.phase_bits[phase] = 0
        self.phase_bits[OFF] = self.boots.all_bits
        self.filling_count = 0
        self.joined_bits = 0
        self.overlap_bits = 0
        self.pump_permille = 0

    def step(self, gauges: Gauges, sequencer: Sequencer, commands: Commands, dt_ms: int) -> None:
        keep_bits = sequencer.keep_bits
        if sequencer.stage_ms == 0:
            self.reached_bits &= ~sequencer.raise_bits()
        phase = self.phase
        phase_bits = self.phase_bits
        filling_count = self.filling_count
        self._turn(filling_count or 1, dt_ms)
        self.ends_together = False
        self.slow_missing_pa = FAR_AHEAD_PA
        if filling_count:
            self.filled_bits |= phase_bits[FILL] & self.joined_bits
            self._look_ahead(gauges, sequencer, filling_count)
        self.dosed_bits = 0
        moving_bits = keep_bits | self.boots.all_bits & ~phase_bits[OFF]
        if phase_bits[HOLD] and not self.is_blind:
            moving_bits &= ~self._hold_still_bits(gauges, sequencer, filling_count, dt_ms)
        index = -1
        while moving_bits:
            is_moving = moving_bits & 1
            moving_bits >>= 1
            index += 1
            if not is_moving:
                continue
            if not keep_bits & (1 << index):
                self._open(index)
            elif phase[index] == FILL:
                self._fill(index, gauges, sequencer, filling_count, dt_ms)
            else:
                self._advance(index, gauges, sequencer, dt_ms)
        wanted_bits = self._share_manifold(gauges, sequencer) & keep_bits
        if wanted_bits != self.joined_bits or self.overlap_bits:
            self._overlap(wanted_bits, keep_bits, dt_ms)
        joined_bits = self.joined_bits
        seal_bits = (keep_bits | joined_bits) & ~phase_bits[BLEED]
        commands.fill_bits = joined_bits & seal_bits
        commands.seal_bits = seal_bits
        commands.pump_permille = self.pump_permille if joined_bits & seal_bits else 0

    def _turn(self, sharers_count: int, dt_ms: int) -> None:
        """The rotor follows the last command, and the flow the rotor."""
        before_permille = self.pump_permille
        rotor_permille = self.rotor_permille
        flow_permille = self.flow_permille
        self.pump_before_permille = before_permille
        self.pump_permille = 0
        turned_ms = dt_ms if dt_ms < ROTOR_MS else ROTOR_MS
        rotor_permille += (before_permille - rotor_permille) * turned_ms // ROTOR_MS
        flowed_ms = dt_ms if dt_ms < FLOW_MS else FLOW_MS
        flow_permille += (rotor_permille // sharers_count - flow_permille) * flowed_ms // FLOW_MS
        self.rotor_permille = rotor_permille
        self.flow_permille = flow_permille

    def wind_down(self, commands: Commands) -> None:
        """The pump's rotor stops with the valves as they are."""
        commands.pump_permille = 0

    def join_all(self, commands: Commands) -> None:
        """At rest, with the pump off: the manifold comes to the chambers' pressure."""
        commands.fill_bits = self.boots.all_bits
        commands.seal_bits = self.boots.all_bits
        commands.pump_permille = 0

    def _open(self, index: int) -> None:
        self.go(index, OFF)
        self.fill_ms[index] = 0
        self.fill_share_us[index] = 0
        self.filled_bits &= ~(1 << index)
        self.held_bits &= ~(1 << index)
        self.restless_bits &= ~(1 << index)
        self.trims_count[index] = 0
        self.reached_bits &= ~(1 << index)

    def _advance(self, index: int, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> None:
        phase = self.phase[index]
        self.phase_ms[index] += dt_ms
        if self.restless_bits & (1 << index):
            self._calm_down(index, dt_ms)
        elif self.reached_bits & (1 << index):
            self.held_ms[index] += dt_ms
            self.held_bits |= 1 << index
        if phase == HOLD:
            self._hold(index, gauges, sequencer.target_pa[index], dt_ms)
        elif phase == OFF:
            # From an empty chamber.
            self.held_ms[index] = 0
            self.dose_us[index] = 0
            self.begin_fill(index)
            self.refill_bits &= ~(1 << index)
        elif phase == COAST:
            self._coast(index, gauges)
        elif phase == DOSE:
            self._dose(index, gauges, sequencer.target_pa[index], dt_ms)
        elif phase == BLEED:
            self._bleed(index, gauges, sequencer)
        else:
            self._rest(index, gauges, sequencer.target_pa[index])

    def _calm_down(self, index: int, dt_ms: int) -> None:
        """Air that a moving leg had let out and that is brought back is no leak."""
        self.restless_ms[index] -= dt_ms
        if self.restless_ms[index] <= 0:
            self.restless_bits &= ~(1 << index)
        self.held_ms[index] = 0
        self.held_bits &= ~(1 << index)
        self.dose_us[index] = 0

    def _rest(self, index: int, gauges: Gauges, target_pa: int) -> None:
        """The phases in which no air is moved for this chamber."""
        phase = self.phase[index]
        waits_ms = SETTLE_MS if phase == SETTLE else PEEK_MS
        if phase == ASK:
            if gauges.smooth_pa[index] >= target_pa:
                # A neighbour that fills squeezes this one too: the air is no longer needed.
                self.reach(index)
        elif self.phase_ms[index] >= waits_ms:
            self._judge(index, gauges, target_pa)

    def begin_fill(self, index: int) -> None:
        self.reached_bits &= ~(1 << index)
        self.trims_count[index] = 0
        self.worked_permille_ms[index] = 0
        self.refill_bits |= 1 << index
        self.go(index, FILL)

    def _fill(self, index: int, gauges: Gauges, sequencer: Sequencer, filling_count: int, dt_ms: int) -> None:
        bit = 1 << index
        if self.restless_bits & bit:
            self._calm_down(index, dt_ms)
        if not self.joined_bits & bit:
            return
        sharers_count = filling_count or 1
        fill_ms = self.fill_ms[index] + dt_ms
        self.fill_ms[index] = fill_ms
        # Bound: a tick of 60 ms; the limit is 45 s, so this stays below 2**26.
        self.fill_share_us[index] += dt_ms * 1000 // sharers_count
        if self.held_bits & bit and not self.raised_bits & bit:
            self.dose_us[index] += dt_ms * self.pump_before_permille // sharers_count
        wanted_pa = sequencer.wanted_pa[index]
        target_pa = sequencer.target_pa[index]
        if gauges.age_ms[index] >= READING_BAD_MS:
            # Just joined: the manifold's sensor doesn't speak for this chamber yet.
            self.pump_permille = max(self.pump_permille, tapered_permille(wanted_pa, TAPER_PA))
            return
        inside_pa = self.inside_pa[index]
        # How fast the last quarter goes, and with how much of the pump: so fast a dose will go, too.
        worked_permille_ms = self.worked_permille_ms[index]
        if inside_pa <= target_pa * 3 // 4:
            worked_permille_ms = 0
            self.late_pa[index] = inside_pa
        # Bound: 45 s at 1000 permille.
        worked_permille_ms += self.rotor_permille * dt_ms // sharers_count
        self.worked_permille_ms[index] = worked_permille_ms
        if self.is_blind:
            self.unseen.fill(index, gauges, sequencer, self, dt_ms)
            return
        if fill_ms < DROP_SEEN_MS + dt_ms:
            self.watch_drop(index, gauges, dt_ms)
        ends_together = self.ends_together
        coasts = ends_together or self.filling_count == 1
        lead_pa = self._coast_lead_pa(index) if coasts else self.learned.shut_lead_pa[index]
        missing_pa = wanted_pa - lead_pa - inside_pa
        if ends_together or (missing_pa <= 0 and wanted_pa >= target_pa):
            self.end_fill(index, coasts, filling_count, inside_pa, target_pa)
        elif missing_pa >= LONE_TAPER_PA and self.slow_missing_pa >= TAPER_PA:
            self.pump_permille = PUMP_MOST_PERMILLE
        else:
            self._slow_down(missing_pa, filling_count)

    def _coast_lead_pa(self, index: int) -> int:
        coming_pa = self.learned.coming_pa(index, self.rotor_permille)
        return self.learned.coast_lead_pa[index] + coming_pa // (self.filling_count or 1)

    def _slow_down(self, missing_pa: int, filling_count: int) -> None:
        if filling_count == 1:
            permille = tapered_permille(missing_pa, LONE_TAPER_PA)
        elif missing_pa > 0:
            permille = tapered_permille(max(min(missing_pa, self.slow_missing_pa), 1), TAPER_PA)
        else:
            # Ahead of its ramp.
            permille = 0
        self.pump_permille = max(self.pump_permille, permille)

    def _look_ahead(self, gauges: Gauges, sequencer: Sequencer, filling_count: int) -> None:
        """What each that is filled holds; and, as the last to shut gets all the air of a pump that has been
        feeding several, those that are near the end together slow it together, and coast together."""
        least_pa = FAR_AHEAD_PA
        most_pa = 0
        is_enough = False
        is_too_much = True
        is_ramping = False
        learned = self.learned
        # As in `hose_pa`: the flow is the same for all.
        hose_permille = self.flow_permille * self.flow_permille // 1000
        filling_bits = self.phase_bits[FILL]
        index = -1
        while filling_bits:
            is_filled = filling_bits & 1
            filling_bits >>= 1
            index += 1
            if not is_filled:
                continue
            # What its hose takes is only in the reading.
            inside_pa = gauges.smooth_pa[index] - hose_permille * learned.drop_pa[index] // 1000
            self.inside_pa[index] = inside_pa
            wanted_pa = sequencer.wanted_pa[index]
            if wanted_pa < sequencer.target_pa[index]:
                is_ramping = True
            missing_pa = wanted_pa - learned.coast_lead_pa[index] - inside_pa
            if missing_pa < least_pa:
                least_pa = missing_pa
            if missing_pa > most_pa:
                most_pa = missing_pa
            if missing_pa * SURELY_COMING > learned.rise_pa_s[index]:
                is_too_much = False
            if is_too_much:
                coming_pa = learned.coming_pa(index, self.rotor_permille)
                is_too_much = missing_pa <= coming_pa
                is_enough = is_enough or missing_pa <= coming_pa // filling_count
        if is_ramping or filling_count == 1:
            return
        self.ends_together = is_enough and is_too_much
        if most_pa - least_pa < TOGETHER_PA:
            self.slow_missing_pa = least_pa

    def watch_drop(self, index: int, gauges: Gauges, dt_ms: int) -> None:
        """From an empty chamber, what is read so early is the hose's share; the little that has risen
        since is taken off."""
        if self.fill_ms[index] <= DROP_EARLY_MS:
            self.early_pa[index] = gauges.smooth_pa[index]
        is_now = DROP_SEEN_MS <= self.fill_ms[index] < DROP_SEEN_MS + dt_ms
        is_clear = self.flow_permille >= DROP_FLOW_PERMILLE and not self.refill_bits & (1 << index)
        if is_now and is_clear:
            seen_pa = 2 * self.early_pa[index] - gauges.smooth_pa[index]
            self.learned.note_drop(index, seen_pa, self.flow_permille)

    def end_fill(
        self, index: int, coasts: bool, filling_count: int, pressure_pa: int, target_pa: int
    ) -> None:
        """The last one waits for the rotor with its valve open; earlier ones just close."""
        self.learned.note_rise(index, pressure_pa - self.late_pa[index], self.worked_permille_ms[index])
        speed_pa_s = self.learned.rise_pa_s[index] * self.rotor_permille // 1000
        self.stop_pa_s[index] = speed_pa_s // (filling_count or 1)
        self.last_move[index] = FILL
        self.goal_pa[index] = target_pa
        if coasts:
            self.coasted_bits |= 1 << index
            self.go(index, COAST)
        else:
            self.coasted_bits &= ~(1 << index)
            self.go(index, SETTLE)

    def _coast(self, index: int, gauges: Gauges) -> None:
        if self.phase_ms[index] < COAST_LATE_MS:
            self.late_coast_pa[index] = gauges.smooth_pa[index]
        if self.phase_ms[index] < COAST_MS:
            return
        rise_pa = gauges.smooth_pa[index] - self.late_coast_pa[index]
        self.late_coast_pa[index] = gauges.smooth_pa[index]
        is_first = self.phase_bits[COAST] & ((1 << index) - 1) == 0
        if rise_pa > RUNAWAY_RISE_PA:
            # Still coming: the valve stays open until it is plain whether a leg does that or the pump.
            self.phase_ms[index] = COAST_LATE_MS
            self.coast_rise_pa = rise_pa
            self.coast_rise_index = index
            self.coast_rise_count += 1 if is_first else 0
            return
        self.coast_rise_count = 0
        self.go(index, SETTLE)

    def _judge(self, index: int, gauges: Gauges, target_pa: int) -> None:
        missing_pa = target_pa - gauges.smooth_pa[index]
        missing_pa += self.unseen.see(index, gauges, target_pa, self)
        if target_pa == self.goal_pa[index]:
            self._learn(index, gauges, missing_pa)
            self._note_collapse(index, target_pa, missing_pa)
        self.last_move[index] = HOLD
        # Others that wait to be filled don't wait for a little.
        short_pa = 2 * BAND_PA if self.is_blind and self.phase_bits[FILL] else BAND_PA
        if -BAND_PA <= missing_pa <= short_pa or self.trims_count[index] >= TRIMS_MOST:
            self.reach(index)
        elif missing_pa > FAR_PA and not self._stands_above(index, gauges):
            self.trims_count[index] += 1
            self.reached_bits &= ~(1 << index)
            self.raised_bits &= ~(1 << index)
            self.worked_permille_ms[index] = 0
            if self.is_blind:
                self.refill_bits |= 1 << index
            self.go(index, FILL)
        elif missing_pa > 0:
            self.trims_count[index] += 1
            self.go(index, ASK)
        else:
            self.begin_bleed(index, gauges, target_pa, -missing_pa)

    def _note_collapse(self, index: int, target_pa: int, missing_pa: int) -> None:
        if self.last_move[index] != FILL:
            return
        # Bound: 16_000 Pa * 600 permille.
        if missing_pa <= target_pa * COLLAPSE_PERMILLE // 1000:
            self.collapse_count[index] = 0
            self.collapsed_bits &= ~(1 << index)
            return
        self.collapse_pa[index] = missing_pa
        self.collapse_count[index] = min(self.collapse_count[index] + 1, COLLAPSE_COUNT)
        if self.collapse_count[index] == COLLAPSE_COUNT:
            self.collapsed_bits |= 1 << index

    def _learn(self, index: int, gauges: Gauges, missing_pa: int) -> None:
        learned = self.learned
        moved_pa = gauges.smooth_pa[index] - self.before_pa[index]
        move = self.last_move[index]
        if move == FILL and self.coasted_bits & (1 << index):
            learned.note_coast(index, missing_pa, self.stop_pa_s[index])
        elif move == FILL:
            learned.note_shut(index, missing_pa)
        elif move == DOSE:
            full_speed_ms = self.planned_ms[index] * self.dose_permille // PUMP_MOST_PERMILLE
            if self._pours(index):
                learned.note_pour(index, moved_pa, full_speed_ms, self.above_pa[index])
            else:
                learned.note_dose(index, moved_pa, full_speed_ms)
        elif move == BLEED:
            learned.note_fall(index, -moved_pa, self.planned_ms[index])

    def _pours(self, index: int) -> bool:
        return self.served_bits & (1 << index) != 0 and self.above_pa[index] >= POUR_SEEN_PA

    def reach(self, index: int) -> None:
        self.trims_count[index] = 0
        self.reached_bits |= 1 << index
        self.go(index, HOLD)

    def _hold_still_bits(self, gauges: Gauges, sequencer: Sequencer, filling_count: int, dt_ms: int) -> int:
        """Who is held within its band: to them nothing happens but time. They are many, so it passes for all
        of them at once."""
        is_slow = filling_count > 0 and sequencer.stage_ms > PATIENT_MS
        self.top_up_pa = TOP_UP_SLOW_PA if is_slow else TOP_UP_PA
        held_bits = sequencer.keep_bits & self.phase_bits[HOLD] & self.reached_bits
        restless_bits = self.restless_bits
        target_pa = sequencer.target_pa
        smooth_pa = gauges.smooth_pa
        phase_ms = self.phase_ms
        held_ms = self.held_ms
        out_ms = self.out_ms
        top_up_pa = self.top_up_pa
        out_bits = 0
        for index in range(self.boots.count):
            if not held_bits & (1 << index):
                continue
            missing_pa = target_pa[index] - smooth_pa[index]
            if missing_pa > top_up_pa or missing_pa < -BLEED_PA:
                out_bits |= 1 << index
                continue
            phase_ms[index] += dt_ms
            out_ms[index] = 0
            if restless_bits and restless_bits & (1 << index):
                self._calm_down(index, dt_ms)
            else:
                held_ms[index] += dt_ms
        still_bits = held_bits & ~out_bits
        self.held_bits |= still_bits & ~restless_bits
        return still_bits

    def _hold(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        if self.is_blind:
            self.unseen.hold(index, gauges, target_pa, self, dt_ms)
            return
        missing_pa = target_pa - gauges.smooth_pa[index]
        if -BLEED_PA <= missing_pa <= self.top_up_pa:
            self.out_ms[index] = 0
            self.reached_bits |= 1 << index
            return
        self.out_ms[index] += dt_ms
        if self.out_ms[index] < OUT_OF_BAND_MS and target_pa == self.goal_pa[index]:
            return
        self.out_ms[index] = 0
        self.take_goal(index, target_pa)
        if missing_pa > FAR_PA and not self._stands_above(index, gauges):
            self.begin_fill(index)
        elif missing_pa > 0:
            self.go(index, ASK)
        else:
            if self.phase_ms[index] > CALM_MS:
                self.restless_ms[index] = RESTLESS_MS
                self.restless_bits |= 1 << index
            self.begin_bleed(index, gauges, target_pa, -missing_pa)

    def take_goal(self, index: int, target_pa: int) -> None:
        bit = 1 << index
        if target_pa != self.goal_pa[index]:
            self.raised_bits |= bit
        else:
            self.raised_bits &= ~bit
        self.goal_pa[index] = target_pa

    def begin_dose(self, index: int, gauges: Gauges, target_pa: int, is_served: bool) -> None:
        """A little more than is missing: what a chamber loses while it is held, it loses slowly."""
        self._aim(index, target_pa, gauges)
        self.dose_extra_pa = self.unseen.extra_pa(target_pa)
        missing_pa = target_pa + self.dose_extra_pa + DOSE_EXTRA_PA - gauges.smooth_pa[index]
        if is_served:
            self.served_bits |= 1 << index
            self.above_pa[index] = self._above_manifold_pa(index, gauges)
            self.dose_permille = CALM_DOSE_PERMILLE if target_pa < CALM_DOSE_PA else PUMP_MOST_PERMILLE
        else:
            self.served_bits &= ~(1 << index)
            self.dose_permille = DOSE_PERMILLE
        if self._pours(index):
            # Bound: 40_000 Pa * 60 permille.
            missing_pa += self.above_pa[index] * self.learned.pour_permille[index] // 1000
        rise_pa_s = self.learned.rise_pa_s[index]
        full_speed_ms = duration_ms(missing_pa, rise_pa_s, DOSE_LEAST_MS, DOSE_MOST_MS)
        self.planned_ms[index] = full_speed_ms * PUMP_MOST_PERMILLE // self.dose_permille
        self.dose_ms = self.planned_ms[index]
        self.go(index, DOSE)
        self.pump_permille = self.dose_permille

    def _above_manifold_pa(self, index: int, gauges: Gauges) -> int:
        """It stands where those are that were filled until now; after another's dose it is high already."""
        before_pa = self.before_pa[index]
        was_dosing = self.phase_bits[FILL] & self.joined_bits == 0
        if was_dosing and not self.is_blind:
            return 0
        return before_pa - self._lowest_filling_pa(gauges, before_pa)

    def _stands_above(self, index: int, gauges: Gauges) -> bool:
        """Joined to those that fill, its air would flow to them: it is given doses of its own instead."""
        if self.is_blind:
            # Unseen beside a fill, a dose is too short a stroke for so far a way.
            return False
        pressure_pa = gauges.smooth_pa[index]
        return pressure_pa - self._lowest_filling_pa(gauges, pressure_pa) > FAR_PA

    def _lowest_filling_pa(self, gauges: Gauges, most_pa: int) -> int:
        lowest_pa = most_pa
        filling_bits = self.phase_bits[FILL]
        for index in range(self.boots.count):
            if filling_bits & (1 << index) and gauges.smooth_pa[index] < lowest_pa:
                lowest_pa = gauges.smooth_pa[index]
        return lowest_pa

    def _dose(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        if not self.is_blind:
            self.dose_us[index] += dt_ms * self.dose_permille
        is_served = self.served_bits & (1 << index) != 0
        is_enough = self._is_dosed(index, gauges, target_pa, is_served)
        if self.phase_ms[index] <= self.dose_ms and not is_enough:
            self.pump_permille = self.dose_permille
            return
        if self.phase_ms[index] < self.dose_ms:
            # Its own share of what that was. Bound: 3_400 ms of its own, 34_000 ms for all.
            own_ms = self.phase_ms[index] * self.planned_ms[index] // self.dose_ms
            self.planned_ms[index] = max(own_ms, DOSE_LEAST_MS)
        if self.is_blind:
            self.dose_us[index] += self.planned_ms[index] * self.dose_permille
        self.last_move[index] = DOSE
        if is_served and self.phase_bits[FILL]:
            # Back to the one that waits, without a pause of the pump.
            self.pump_permille = PUMP_MOST_PERMILLE
            self.go(index, SETTLE)
        else:
            self.dosed_bits |= 1 << index
            self.go(index, COAST)

    def _is_dosed(self, index: int, gauges: Gauges, target_pa: int, is_served: bool) -> bool:
        """A dose planned too long, because a leg had moved while its speed was learned, ends here."""
        if not gauges.is_fresh(index):
            return False
        if not is_served:
            # What valve and hose add to the reading is about what the rotor still brings.
            return gauges.pressure_pa[index] >= target_pa + self.dose_extra_pa
        inside_pa = gauges.smooth_pa[index] - self.learned.hose_pa(index, self.rotor_permille)
        return inside_pa >= target_pa + DOSE_EXTRA_PA

    def begin_bleed(self, index: int, gauges: Gauges, target_pa: int, over_pa: int) -> None:
        self._aim(index, target_pa, gauges)
        self.trims_count[index] += 1
        self.planned_ms[index] = duration_ms(
            over_pa, self.learned.fall_pa_s[index], BLEED_LEAST_MS, BLEED_MOST_MS
        )
        # What is let out here and brought back later is no leak.
        pumped_ms = duration_ms(over_pa, self.learned.rise_pa_s[index], 0, DOSE_MOST_MS)
        self.dose_us[index] = max(self.dose_us[index] - pumped_ms * 1000, 0)
        self.go(index, BLEED)

    def _bleed(self, index: int, gauges: Gauges, sequencer: Sequencer) -> None:
        is_over = self.phase_ms[index] >= self.planned_ms[index]
        if not self.is_blind:
            # Beside an open vent the sensor shows less than the chamber has, never more: surely enough.
            is_over = is_over or gauges.pressure_pa[index] <= sequencer.target_pa[index] * 3 // 4
        if not is_over:
            return
        if self.unseen.is_let_down(index, self):
            return
        self.last_move[index] = BLEED
        self.go(index, SETTLE)

    def _aim(self, index: int, target_pa: int, gauges: Gauges) -> None:
        """What a move is for, to learn from it only if that still holds at its end."""
        self.goal_pa[index] = target_pa
        self.before_pa[index] = gauges.smooth_pa[index]

    def go(self, index: int, phase: int) -> None:
        bit = 1 << index
        before = self.phase[index]
        self.phase_bits[before] &= ~bit
        self.phase_bits[phase] |= bit
        if before == FILL:
            self.filling_count -= 1
        if phase == FILL:
            self.filling_count += 1
        self.phase[index] = phase
        self.phase_ms[index] = 0

    def _share_manifold(self, gauges: Gauges, sequencer: Sequencer) -> int:
        """Who is joined to the manifold in this tick; a measured dose goes before a fill."""
        phase_bits = self.phase_bits
        asking = self._most_urgent(gauges, sequencer) if phase_bits[ASK] else -1
        if asking >= 0 and self.dosed_bits and not self.is_blind:
            # From dose to dose, the pump running on; only the last one waits for the rotor.
            self._settle(self.dosed_bits)
            self.begin_dose(asking, gauges, sequencer.target_pa[asking], False)
            return 1 << asking
        # Who needs the manifold until the phase is over.
        busy_bits = phase_bits[COAST] | phase_bits[DOSE] | phase_bits[PEEK]
        if self.is_blind:
            busy_bits |= phase_bits[SETTLE]
            return busy_bits or self.unseen.share_bits(asking, gauges, sequencer, self)
        if busy_bits:
            return busy_bits
        fill_bits = phase_bits[FILL]
        return fill_bits if asking < 0 else self._serve(asking, fill_bits, gauges, sequencer)

    def _serve(self, asking: int, fill_bits: int, gauges: Gauges, sequencer: Sequencer) -> int:
        target_pa = sequencer.target_pa[asking]
        is_served = fill_bits != 0 and self.pump_permille == PUMP_MOST_PERMILLE
        is_calm = target_pa >= CALM_DOSE_PA or self.rotor_permille <= CALM_ROTOR_PERMILLE
        if is_served and not is_calm:
            # First slower: the whole flow through one valve would lift the manifold too far above it.
            self.pump_permille = CALM_DOSE_PERMILLE
            return fill_bits
        if self.pump_before_permille == 0 or is_served:
            self.begin_dose(asking, gauges, target_pa, is_served)
            return 1 << asking
        return fill_bits

    def _settle(self, bits: int) -> None:
        for index in range(self.boots.count):
            if bits & (1 << index):
                self.go(index, SETTLE)

    def _most_urgent(self, gauges: Gauges, sequencer: Sequencer) -> int:
        most_index = -1
        most_pa = 0
        phase = self.phase
        for index in range(self.boots.count):
            if phase[index] != ASK:
                continue
            missing_pa = sequencer.target_pa[index] - gauges.smooth_pa[index]
            if missing_pa > most_pa:
                most_index = index
                most_pa = missing_pa
        return most_index

    def _overlap(self, wanted_bits: int, keep_bits: int, dt_ms: int) -> None:
        """With the pump running, whoever leaves the manifold leaves it after the next has opened."""
        leaving_bits = self.joined_bits & ~wanted_bits & keep_bits
        is_handed_over = self.pump_permille > 0 and wanted_bits & self.joined_bits == 0
        if leaving_bits and wanted_bits and is_handed_over and not self._is_low_below(wanted_bits):
            self.overlap_bits = leaving_bits
            self.overlap_ms = 0
        if self.overlap_bits:
            self.overlap_ms += dt_ms
            if self.overlap_ms > OVERLAP_MS:
                self.overlap_bits = 0
        self.joined_bits = wanted_bits | (self.overlap_bits & keep_bits)

    def _is_low_below(self, wanted_bits: int) -> bool:
        """Going to a dose, the manifold stands so far below its chamber that it may be dead-headed for the
        few milliseconds in which valves differ; an overlap would only empty the chamber into the others."""
        for index in range(self.boots.count):
            if wanted_bits & (1 << index) and self.phase[index] == DOSE and self._pours(index):
                return True
        return False


def _unseen_for(boots: Boots, learned: Learned) -> AllSeen:
    """A chip that doesn't need the real one saves its heap."""
    if not boots.has_manifold_sensor_only:
        return AllSeen()
    from soleus.core.regulate.manifold_sensing import Unseen

    return Unseen(boots, learned)  # pyright: ignore[reportReturnType] (alike by its names, not by its class)
