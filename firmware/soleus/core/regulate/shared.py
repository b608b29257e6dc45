"""Setpoints to valves and pump, where each chamber has one three-way valve.

An energised valve joins its chamber to the manifold, so all kept chambers share one body of air and
one pressure: they are filled, measured and trimmed together. While a new one fills, those joined
before it sag and come up again with it; the pump is throttled by the highest reading of them all, so
that none is pushed above its target on the way.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import RUNAWAY_RISE_PA
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import (
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
    LEAD_MOST_PA,
    OFF,
    RISE_START_PA_S,
    SETTLE,
    SETTLE_MS,
    THROTTLED_MS,
    THROTTLED_PERMILLE,
    duration_ms,
    learned_lead_pa,
    learned_speed_pa_s,
)
from soleus.core.regulate.throttle import throttle_permille
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

TOP_UP_PA = BAND_PA + BAND_PA // 2
BLEED_PA = 2 * BAND_PA
# While filling, the manifold may stand this far above the target, so that the last air still flows.
PUSH_PA = pa_from_mmhg(8)
TRIMS_MOST = 4


def regulator_for(boots: Boots) -> "SharedRegulator":
    fills = SharedManifoldFills() if boots.has_manifold_sensor_only else SharedFills(boots)
    return SharedRegulator(boots, fills)  # pyright: ignore[reportArgumentType] (alike by its names, not by its class)


class SharedFills:
    """How a group is filled where each chamber has a sensor."""

    def __init__(self, boots: Boots) -> None:
        self.count = boots.count
        self.is_full = False

    def begin(self) -> None:
        self.is_full = False

    def step(
        self, gauges: Gauges, group_bits: int, _index: int, setpoint_pa: int, lead_pa: int, _dt_ms: int
    ) -> int:
        """Pump duty in this tick of a fill."""
        highest_pa = 0
        lowest_pa = 1 << 29
        for index in range(self.count):
            if group_bits & (1 << index):
                highest_pa = max(highest_pa, gauges.pressure_pa[index])
                lowest_pa = min(lowest_pa, gauges.pressure_pa[index])
        self.is_full = lowest_pa >= setpoint_pa - lead_pa
        return throttle_permille(setpoint_pa + PUSH_PA - highest_pa)


class SharedManifoldFills:
    """With one sensor on the manifold a fill is over when the throttled pump has nothing left to push."""

    def __init__(self) -> None:
        self.throttled_ms = 0
        self.is_full = False

    def begin(self) -> None:
        self.throttled_ms = 0
        self.is_full = False

    def step(
        self, gauges: Gauges, _group_bits: int, index: int, setpoint_pa: int, lead_pa: int, dt_ms: int
    ) -> int:
        """Pump duty in this tick of a fill."""
        if not gauges.is_fresh(index):
            self.is_full = False
            return throttle_permille(setpoint_pa)
        permille = throttle_permille(setpoint_pa - lead_pa - gauges.smooth_pa[index])
        self.throttled_ms = self.throttled_ms + dt_ms if permille <= THROTTLED_PERMILLE else 0
        self.is_full = self.throttled_ms >= THROTTLED_MS
        return permille


class SharedRegulator:
    def __init__(self, boots: Boots, fills: SharedFills) -> None:
        count = boots.count
        self.boots = boots
        self.fills = fills
        self.phase = [OFF] * count
        # Chambers that share their air can't be told apart by what they cost, nor can a fill collapse behind
        # one valve alone: held times, doses and collapses stay 0 here.
        self.ledger = Ledger(boots, self.phase)
        self.late_coast_pa = 0
        # All kept chambers are in one phase together.
        self.group_phase = OFF
        self.group_ms = 0
        self.group_bits = 0
        # Learned for each size of the group (its most proximal chamber stands for it).
        self.lead_pa = [0] * count
        self.rise_pa_s = [RISE_START_PA_S] * count
        self.fall_pa_s = [RISE_START_PA_S] * count
        self.planned_ms = 0
        self.before_pa = 0
        self.trims_count = 0
        self.last_move = OFF
        self.pump_permille = 0

    def is_quiet(self) -> bool:
        """No pump air is on its way."""
        return self.pump_permille == 0 and self.group_phase != COAST

    def vent_all(self) -> None:
        self._set_group(0)
        self._go(OFF)
        self.pump_permille = 0

    def step(self, gauges: Gauges, sequencer: Sequencer, commands: Commands, dt_ms: int) -> None:
        self.pump_permille = 0
        self.group_ms += dt_ms
        keep_bits = sequencer.keep_bits
        if sequencer.stage_ms == 0:
            self.ledger.reached_bits &= ~sequencer.raise_bits()
        if keep_bits & ~self.group_bits:
            self._set_group(keep_bits)
            self._begin_fill(gauges)
        self._set_group(keep_bits)
        if keep_bits:
            self._advance(gauges, sequencer, dt_ms)
        else:
            self._go(OFF)
        self._show_phases(dt_ms)
        commands.fill_bits = 0 if self.group_phase == BLEED else keep_bits
        commands.seal_bits = 0
        commands.pump_permille = self.pump_permille if commands.fill_bits else 0

    def _advance(self, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> None:
        last_index = self._last_index()
        target_pa = sequencer.target_pa[last_index]
        missing_pa = target_pa - self._mean_pa(gauges)
        phase = self.group_phase
        if phase == OFF:
            self._begin_fill(gauges)
        elif phase == FILL:
            self._fill(gauges, sequencer.setpoint_pa[last_index], target_pa, dt_ms)
        elif phase == COAST:
            self._coast(gauges)
        elif phase == SETTLE:
            if self.group_ms >= SETTLE_MS:
                self._judge(gauges, missing_pa)
        elif phase == HOLD:
            self._hold(gauges, missing_pa)
        elif phase == DOSE:
            self._dose()
        elif self.group_ms >= self.planned_ms:
            self.last_move = BLEED
            self._go(SETTLE)

    def _begin_fill(self, gauges: Gauges) -> None:
        self.before_pa = self._mean_pa(gauges)
        self.ledger.reached_bits = 0
        self.trims_count = 0
        self.fills.begin()
        self.ledger.share_anew()
        self._go(FILL)

    def _fill(self, gauges: Gauges, setpoint_pa: int, target_pa: int, dt_ms: int) -> None:
        index = self._last_index()
        fills = self.fills
        lead_pa = self.lead_pa[index]
        self.pump_permille = fills.step(gauges, self.group_bits, index, setpoint_pa, lead_pa, dt_ms)
        if fills.is_full and setpoint_pa == target_pa:
            self.last_move = FILL
            self.pump_permille = 0
            self._go(COAST)

    def _coast(self, gauges: Gauges) -> None:
        if self.group_ms < COAST_LATE_MS:
            self.late_coast_pa = self._mean_pa(gauges)
        if self.group_ms < COAST_MS:
            return
        rise_pa = self._mean_pa(gauges) - self.late_coast_pa
        self.late_coast_pa = self._mean_pa(gauges)
        if rise_pa > RUNAWAY_RISE_PA:
            # Still rising: the valves stay open until it is plain whether a leg does that or the pump.
            self.group_ms = COAST_LATE_MS
            self.ledger.note_coast_rise(self._last_index(), rise_pa, True)
            return
        self.ledger.coast_rise_count = 0
        self._go(SETTLE)

    def _judge(self, gauges: Gauges, missing_pa: int) -> None:
        self._learn(gauges, missing_pa)
        self.last_move = HOLD
        if -BLEED_PA <= missing_pa <= BAND_PA or self.trims_count >= TRIMS_MOST:
            self._reach()
        elif missing_pa > FAR_PA:
            self.trims_count += 1
            self.fills.begin()
            self._go(FILL)
        elif missing_pa > 0:
            self._begin_dose(gauges, missing_pa)
        else:
            self._begin_bleed(gauges, -missing_pa)

    def _learn(self, gauges: Gauges, missing_pa: int) -> None:
        last_index = self._last_index()
        moved_pa = self._mean_pa(gauges) - self.before_pa
        if self.last_move == FILL:
            self.lead_pa[last_index] = learned_lead_pa(self.lead_pa[last_index], -missing_pa, LEAD_MOST_PA)
        elif self.last_move == DOSE:
            speed_pa_s = learned_speed_pa_s(self.rise_pa_s[last_index], moved_pa, self.planned_ms)
            self.rise_pa_s[last_index] = speed_pa_s
        elif self.last_move == BLEED:
            speed_pa_s = learned_speed_pa_s(self.fall_pa_s[last_index], -moved_pa, self.planned_ms)
            self.fall_pa_s[last_index] = speed_pa_s

    def _reach(self) -> None:
        self.trims_count = 0
        self.ledger.reached_bits = self.group_bits
        self._go(HOLD)

    def _hold(self, gauges: Gauges, missing_pa: int) -> None:
        if missing_pa > TOP_UP_PA:
            self._begin_dose(gauges, missing_pa)
        elif missing_pa < -BLEED_PA:
            self._begin_bleed(gauges, -missing_pa)
        else:
            self.ledger.reached_bits = self.group_bits

    def _begin_dose(self, gauges: Gauges, missing_pa: int) -> None:
        rise_pa_s = self.rise_pa_s[self._last_index()]
        self.before_pa = self._mean_pa(gauges)
        self.trims_count += 1
        self.planned_ms = duration_ms(missing_pa, rise_pa_s, DOSE_LEAST_MS, DOSE_MOST_MS)
        self._go(DOSE)

    def _dose(self) -> None:
        if self.group_ms > self.planned_ms:
            self.last_move = DOSE
            self._go(COAST)
            return
        self.pump_permille = DOSE_PERMILLE

    def _begin_bleed(self, gauges: Gauges, over_pa: int) -> None:
        """Each chamber loses a little air through its own vent; the manifold is closed meanwhile."""
        fall_pa_s = self.fall_pa_s[self._last_index()]
        self.before_pa = self._mean_pa(gauges)
        self.trims_count += 1
        self.planned_ms = duration_ms(over_pa, fall_pa_s, BLEED_LEAST_MS, BLEED_MOST_MS)
        self._go(BLEED)

    def _set_group(self, bits: int) -> None:
        self.group_bits = bits
        self.ledger.reached_bits &= bits

    def _go(self, phase: int) -> None:
        self.group_phase = phase
        self.group_ms = 0

    def _show_phases(self, dt_ms: int) -> None:
        filling_count = self._filling_count()
        self.ledger.filled_bits &= self.group_bits
        if self.group_phase == FILL:
            self.ledger.filled_bits = self.group_bits
        for index in range(self.boots.count):
            if not self.group_bits & (1 << index):
                self.phase[index] = OFF
                self.ledger.fill_share_us[index] = 0
                continue
            self.phase[index] = self.group_phase
            if self.group_phase == FILL:
                # Bound: a tick of 60 ms; the limit is 45 s, so this stays below 2**26.
                self.ledger.fill_share_us[index] += dt_ms * 1000 // max(filling_count, 1)

    def _filling_count(self) -> int:
        count = 0
        if self.group_phase == FILL:
            for index in range(self.boots.count):
                count += self.group_bits >> index & 1
        return count

    def _last_index(self) -> int:
        last_index = 0
        for index in range(self.boots.count):
            if self.group_bits & (1 << index):
                last_index = index
        return last_index

    def _mean_pa(self, gauges: Gauges) -> int:
        """Bound: 16 chambers * 40_000 Pa."""
        sum_pa = 0
        count = 0
        for index in range(self.boots.count):
            if self.group_bits & (1 << index):
                sum_pa += gauges.smooth_pa[index]
                count += 1
        return sum_pa // max(count, 1)
