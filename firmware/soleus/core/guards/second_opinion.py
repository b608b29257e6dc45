"""What the sensor on the manifold says of those at the chambers, and they of it.

At rest, joined to one chamber, both sensors stand on the same air. While the pump works, the pump's air goes
through the valves: what each takes grows with the square of its flow, and together they can't pass more than
the pump gives. A sensor that shows too little seems to let too much air pass.
"""

from soleus.core.basics import faults
from soleus.core.basics.faults import MANIFOLD_INDEX, FaultLatch, Notices
from soleus.core.basics.limits import (
    APART_MS,
    APART_PA,
    APART_PERMILLE,
    FAR_APART_PA,
    FLOW_MOST_PERMILLE,
    LOOK_EVERY_MS,
    TICK_MOST_MS,
)
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.air import FillTimeout
from soleus.core.guards.machine import SupplyLow
from soleus.core.regulate.ledger import Ledger
from soleus.core.sensing.gauges import Gauges

# So long after pump and valves have come to rest both sensors are compared. What has fallen by a third since
# the look before still flows.
REST_MS = 200
# Between two looks a pump that runs brings more than this; and when it stops, the manifold falls by more.
CHANGES_PA = pa_from_mmhg(1)
# How much the pump gives is seen in this part of a fill from empty, once its motor has come to its speed.
FLOW_FROM_MS = 300
FLOW_SEEN_MS = 700
# A manifold that stands too high by then can't lose its air at all.
SHUT_MS = 500
WHOLE_PERMILLE = 900
WHOLE_MS = 400
# A flow seen early in a fill is that of a rotor which may still gain speed: a heavy one (300 ms) has 81 % of
# it after 500 ms, and 90 % after 700. So more is allowed: this much if it was seen at the beginning.
EARLY_MOST_PERMILLE = 700
SLOWLY_SHIFT = 6
SIXTEENTHS = 16
# The flow that lifts the manifold 110 mmHg above a chamber. While the whole flow isn't known, no throttled
# pump gives as much; and through one hose it never may be so: no chamber behind it could be filled.
NARROW_FLOW = 121
# The flow that lifts the manifold by `APART_PA`: a weak pump's is less, and hardly more than noise.
APART_FLOW = 20
ENDLESS = 1 << 29
# What noise and zeros of the sensors may make of a drop: much, where many valves share the flow.
NOISE_PA = 60


class SecondOpinion(FillTimeout):
    def __init__(
        self,
        latch: FaultLatch,
        notices: Notices,
        gauges: Gauges,
        ledger: Ledger,
        commands: Commands,
        power_guard: SupplyLow,
    ) -> None:
        super().__init__(gauges.boots, latch, notices, gauges, ledger)
        self.commands = commands
        # A pump without power is told by another guard.
        self.power_guard = power_guard
        # The chambers that are joined were empty before; the lowest of them.
        self.are_new = False
        self.lowest_index = 0
        # Since the last look; since the valves have moved; since the pump was stopped, until it is compared.
        self.since_ms = 0
        self.still_ms = 0
        self.stopped_ms = 0
        # Of a rest: how far the manifold stood above the chamber at the look before; the manifold then, and
        # before the pump was stopped.
        self.above_pa = 0
        self.rest_pa = 0
        self.before_pa = 0
        # The chambers whose last comparison said that they are apart.
        self.apart_bits = 0
        # The pump's whole flow, as the sum of the roots of what the valves take, in sixteenths; 0: not seen.
        self.flow_x16 = 0
        self.is_flow_known = False
        # How long after a fill's beginning that was seen.
        self.flow_seen_ms = 0
        self.whole_ms = 0
        self.high_ms = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        ledger = self.ledger
        if ledger.reached_bits != self.reached_bits or self.boots.is_three_way:
            self.learn()
        self.check_after_ms -= dt_ms
        if ledger.filled_bits != self.has_air_bits or self.check_after_ms <= TICK_MOST_MS:
            self.check_fills(at_ms)
        commands = self.commands
        fill_bits = commands.fill_bits
        if fill_bits != self.joined_bits:
            self.joined_bits = fill_bits
            self.are_new = fill_bits & self.begun_bits == 0
            self.begun_bits |= fill_bits
            self.since_ms = self.still_ms = self.stopped_ms = self.high_ms = 0
        if commands.pump_permille:
            self.stopped_ms = 0
        self.since_ms += dt_ms
        if self.since_ms >= LOOK_EVERY_MS:
            self._look(commands.pump_permille, at_ms)

    def _look(self, pump_permille: int, at_ms: int) -> None:
        joined_bits = self.joined_bits
        self.since_ms = 0
        self.begun_bits &= self.gauges.emptying.kept_bits
        if not joined_bits or self.power_guard.low_ms:
            self.whole_ms = 0
            return
        self.still_ms += LOOK_EVERY_MS
        flow = self._flow(-NOISE_PA)
        if pump_permille:
            self.before_pa = self.gauges.manifold_pa
            self.whole_ms = self.whole_ms + LOOK_EVERY_MS if pump_permille >= WHOLE_PERMILLE else 0
            if self.still_ms >= FLOW_FROM_MS:
                self._watch(flow, at_ms)
            return
        self.whole_ms = 0
        self.stopped_ms += LOOK_EVERY_MS
        if self.stopped_ms > 0 and joined_bits & (joined_bits - 1) == 0:
            self._compare(at_ms)

    def _flow(self, noise_pa: int) -> int:
        """Through the valves of the joined chambers; what flows out of one counts against it.

        Bound: 16 * 350.
        """
        smooth_pa = self.gauges.smooth_pa
        bits = self.joined_bits
        most_drop_pa = -ENDLESS
        flow = index = 0
        while bits:
            if bits & 1:
                drop_pa = self.gauges.manifold_pa - smooth_pa[index] + noise_pa
                if drop_pa > most_drop_pa:
                    most_drop_pa = drop_pa
                    self.lowest_index = index
                size_pa = abs(drop_pa)
                # What is less may be noise alone.
                if size_pa >= -noise_pa:
                    # Four steps from 64: right to a few hundredths above 100 Pa.
                    root = 32 + (size_pa >> 7)
                    root = root + size_pa // root >> 1
                    root = root + size_pa // root >> 1
                    root = root + size_pa // root >> 1
                    flow += root if drop_pa > 0 else -root
            bits >>= 1
            index += 1
        return flow

    def _watch(self, flow: int, at_ms: int) -> None:
        """While the pump works."""
        is_new = self.are_new and self.still_ms <= FLOW_SEEN_MS
        if self.whole_ms >= WHOLE_MS and (is_new or not self.flow_x16):
            self._see_whole_flow()
        elif not is_new:
            self.is_flow_known = self.flow_x16 > 0
        most_flow = NARROW_FLOW
        if self.is_flow_known:
            early_ms = FLOW_SEEN_MS - self.flow_seen_ms
            most_permille = FLOW_MOST_PERMILLE + EARLY_MOST_PERMILLE * early_ms // FLOW_SEEN_MS
            # Bound: 16 chambers * 350 in sixteenths, * 1880.
            most_flow = max(self.flow_x16 * most_permille // (SIXTEENTHS * 1000), APART_FLOW)
        elif is_new or self.whole_ms:
            most_flow = ENDLESS
        if self.joined_bits & (self.joined_bits - 1) == 0:
            most_flow = min(most_flow, NARROW_FLOW)
        self.high_ms = self.high_ms + LOOK_EVERY_MS if flow > most_flow else 0
        if self.high_ms < APART_MS:
            return
        if self.are_new and self.still_ms <= SHUT_MS:
            # Nothing is in the chamber yet that its sensor could hide: its fill valve is shut.
            self.notices.rest(faults.FILL_TIMEOUT, self.lowest_index, self.still_ms, SHUT_MS, at_ms)
        else:
            apart_pa = self.gauges.manifold_pa - self.gauges.smooth_pa[self.lowest_index]
            self.latch.trip(faults.SENSOR_CONTRADICTED, self.lowest_index, apart_pa, APART_PA, at_ms)

    def _see_whole_flow(self) -> None:
        """In a fill from empty; where all fills begin at a throttled pump, whenever it is first seen."""
        is_alone = self.joined_bits & (self.joined_bits - 1) == 0
        flow_x16 = SIXTEENTHS * self._flow(0 if is_alone else NOISE_PA)
        seen_ms = min(self.still_ms, FLOW_SEEN_MS) if self.are_new else FLOW_SEEN_MS
        if self.is_flow_known and seen_ms <= self.flow_seen_ms:
            # Only in small steps upwards, and never down: too little would stop a healthy session.
            flow_x16 = min(flow_x16, self.flow_x16 + (self.flow_x16 >> SLOWLY_SHIFT))
        self.flow_x16 = max(self.flow_x16, flow_x16)
        self.flow_seen_ms = max(self.flow_seen_ms, seen_ms)

    def _compare(self, at_ms: int) -> None:
        """At rest, with one chamber joined."""
        bit = 1 << self.lowest_index
        manifold_pa = self.gauges.manifold_pa
        apart_pa = manifold_pa - self.gauges.smooth_pa[self.lowest_index]
        is_flowing = abs(apart_pa) * 3 < abs(self.above_pa) * 2
        # Its pump still runs, and a guard of its own names it; or the air of its last turns still flows off.
        is_moving = manifold_pa > self.rest_pa + CHANGES_PA or manifold_pa < self.rest_pa - APART_PA
        self.above_pa = apart_pa
        self.rest_pa = manifold_pa
        if min(self.stopped_ms, self.still_ms) < REST_MS or is_moving:
            return
        self.stopped_ms = -ENDLESS
        if is_flowing:
            return
        # Bound: 40_000 Pa * 1000.
        limit_pa = APART_PA + max(manifold_pa, manifold_pa - apart_pa, 0) * APART_PERMILLE // 1000
        was_apart = self.apart_bits & bit != 0
        self.apart_bits &= ~bit
        if abs(apart_pa) <= limit_pa:
            return
        is_mute = abs(self.before_pa - manifold_pa) < CHANGES_PA
        if is_mute or self.apart_bits:
            self.latch.trip(faults.SENSOR_CONTRADICTED, MANIFOLD_INDEX, abs(apart_pa), limit_pa, at_ms)
        elif apart_pa > FAR_APART_PA or (was_apart and apart_pa > 0):
            # A chamber that shows too much harms nobody; or others will tell that it is the manifold.
            self.latch.trip(faults.SENSOR_CONTRADICTED, self.lowest_index, apart_pa, limit_pa, at_ms)
        self.apart_bits |= bit
