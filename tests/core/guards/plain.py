"""Gauges and guards said plainly: every chamber by itself, looked at in every tick.

The core's own look at bits first, or wait for as long as nothing can happen. test_plain.py shows that they
come to the same.
"""

from dataclasses import dataclass, field

from soleus.core.basics import faults, limits
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.signals import MANIFOLD_BIT
from soleus.core.guards.air import OPEN_FOR_MS
from soleus.core.guards.sensors import VENT_MOVES_MS
from soleus.core.regulate.regulation import DOSE, FILL, OFF
from soleus.core.sensing.emptying import AGE_MOST_MS, STILL_MS
from soleus.core.sensing.manifold_gauges import JOINED_MS


@dataclass
class Chamber:
    """What is known of one chamber."""

    zero_pa: int = 0
    pressure_pa: int = 0
    smooth_pa_x16: int = 0
    age_ms: int = AGE_MOST_MS
    vented_ms: int = 0
    still_ms: int = 0
    joined_ms: int = 0
    is_empty: bool = False
    # Its sensor's reading, compared with the one before it.
    is_read: bool = False
    moved_pa: int = 0

    @property
    def smooth_pa(self) -> int:
        return self.smooth_pa_x16 // 16

    def read(self, reading_pa: int, dt_ms: int, *, is_missing: bool) -> None:
        self.is_read = not is_missing
        if is_missing:
            self.age_ms = min(self.age_ms + dt_ms, AGE_MOST_MS)
            return
        self.moved_pa = reading_pa - self.zero_pa - self.pressure_pa
        self.see(reading_pa - self.zero_pa)

    def read_through_manifold(
        self, pressure_pa: int, dt_ms: int, *, is_missing: bool, is_joined: bool
    ) -> None:
        self.age_ms = min(self.age_ms + dt_ms, AGE_MOST_MS)
        if not is_joined:
            self.joined_ms = 0
            return
        was_joined = self.joined_ms >= JOINED_MS
        self.joined_ms = min(self.joined_ms + dt_ms, AGE_MOST_MS)
        if self.joined_ms < JOINED_MS or is_missing:
            return
        if not was_joined:
            self.smooth_pa_x16 = pressure_pa * 16
        self.see(pressure_pa)

    def see(self, pressure_pa: int) -> None:
        self.pressure_pa = pressure_pa
        self.smooth_pa_x16 += (pressure_pa * 16 - self.smooth_pa_x16) // 4
        self.age_ms = 0

    def watch_vent(self, dt_ms: int, *, is_kept: bool, is_closed: bool) -> None:
        if is_kept:
            self.vented_ms, self.still_ms, self.is_empty = 0, 0, False
            return
        self.vented_ms += dt_ms
        self.still_ms = self.still_ms + dt_ms if is_closed else 0
        if self.still_ms >= STILL_MS and self.age_ms == 0 and self.smooth_pa < limits.VENTED_PA:
            self.is_empty = True


@dataclass
class Tick:
    """All that guards are told of."""

    readings_pa: list[int]
    missing_bits: int
    keep_bits: int
    fill_bits: int
    seal_bits: int
    is_pumping: bool
    dt_ms: int
    phase: list[int]
    target_pa: list[int]


@dataclass
class PlainMachine:
    boots: Boots
    chambers: list[Chamber] = field(init=False)
    manifold_pa: int = 0
    manifold_moved_pa: int = 0

    def __post_init__(self) -> None:
        self.chambers = [Chamber() for _ in range(self.boots.count)]

    def step(self, tick: Tick) -> None:
        is_missing = bool(tick.missing_bits & MANIFOLD_BIT)
        if not is_missing:
            self.manifold_moved_pa = tick.readings_pa[0] - self.manifold_pa
            self.manifold_pa = tick.readings_pa[0]
        for index, chamber in enumerate(self.chambers):
            bit = 1 << index
            if self.boots.has_manifold_sensor_only:
                chamber.is_read, chamber.moved_pa = not is_missing, self.manifold_moved_pa
                chamber.read_through_manifold(
                    self.manifold_pa,
                    tick.dt_ms,
                    is_missing=is_missing,
                    is_joined=bool(tick.fill_bits & bit),
                )
            else:
                reading_pa = tick.readings_pa[index]
                chamber.read(reading_pa, tick.dt_ms, is_missing=bool(tick.missing_bits & bit))
            is_closed = bool((tick.fill_bits if self.boots.is_three_way else tick.seal_bits) & bit)
            chamber.watch_vent(tick.dt_ms, is_kept=bool(tick.keep_bits & bit), is_closed=is_closed)

    @property
    def sensors(self) -> list[Chamber]:
        return self.chambers[:1] if self.boots.has_manifold_sensor_only else self.chambers

    def named(self, index: int) -> int:
        return faults.MANIFOLD_INDEX if self.boots.has_manifold_sensor_only else index


@dataclass
class PlainGuards:
    machine: PlainMachine
    latches: dict[str, FaultLatch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = self.machine.boots.count
        self.same_ms = [0] * count
        self.jumps: list[tuple[int, int, int]] = [(0, 0, 0)] * count
        self.over_ms, self.dip_ms, self.over_count = [0] * count, [0] * count, [0] * count
        self.was_same = [False] * count
        self.pressed_ms, self.rising_ms = [0] * count, [0] * count

    def latch(self, name: str) -> FaultLatch:
        return self.latches.setdefault(name, FaultLatch())

    def stuck(self, tick: Tick, at_ms: int) -> None:
        for index, chamber in enumerate(self.machine.chambers):
            if not chamber.is_read:
                continue
            was_same, self.was_same[index] = self.was_same[index], chamber.moved_pa == 0
            is_seen_once = self.machine.boots.has_manifold_sensor_only
            if chamber.moved_pa or not (was_same or is_seen_once):
                self.same_ms[index] = 0
                continue
            is_fed = tick.is_pumping and tick.fill_bits >> index & 1
            is_filling = is_fed and tick.phase[index] in (FILL, DOSE)
            is_emptying = (
                tick.phase[index] == OFF
                and chamber.age_ms == 0
                and 0 < chamber.vented_ms < VENT_MOVES_MS
                and chamber.pressure_pa > limits.VENTED_PA
            )
            if not is_filling and not is_emptying:
                continue
            self.same_ms[index] += tick.dt_ms
            if self.same_ms[index] >= limits.STUCK_MS:
                code, named = faults.SENSOR_STUCK, self.machine.named(index)
                self.latch("stuck").trip(code, named, self.same_ms[index], limits.STUCK_MS, at_ms)
                self.same_ms[index] = 0

    def erratic(self, tick: Tick, at_ms: int) -> None:
        for index, sensor in enumerate(self.machine.sensors):
            count, last_pa, since_ms = self.jumps[index]
            since_ms += tick.dt_ms
            count = 0 if since_ms > limits.JUMP_WINDOW_MS else count
            jump_pa = sensor.moved_pa if sensor.is_read else 0
            if abs(jump_pa) > limits.JUMP_PA:
                count += 0 if count and (jump_pa > 0) == (last_pa > 0) else 1
                last_pa, since_ms = jump_pa, 0
                if count >= limits.JUMP_COUNT:
                    code, named = faults.SENSOR_ERRATIC, self.machine.named(index)
                    self.latch("erratic").trip(code, named, abs(jump_pa), limits.JUMP_PA, at_ms)
                    count = 0
            self.jumps[index] = (count, last_pa, since_ms)

    def over(self, tick: Tick, samples: int, at_ms: int) -> None:
        # A short dip counts as too high, too; one sensor for all chambers shows many that mean nothing.
        dip_most_ms = 0 if self.machine.boots.has_manifold_sensor_only else limits.OVER_TARGET_DIP_MS
        for index, chamber in enumerate(self.machine.chambers):
            if chamber.age_ms:
                continue
            pressure_pa, limit_pa = chamber.pressure_pa, tick.target_pa[index] + limits.OVER_TARGET_PA
            is_high = pressure_pa > limits.OVER_TRIP_PA
            self.over_count[index] = self.over_count[index] + 1 if is_high else 0
            # The same value again may be the same sample.
            if self.over_count[index] >= samples + (chamber.moved_pa == 0):
                self.latch("over").trip(faults.OVER_TRIP, index, pressure_pa, limits.OVER_TRIP_PA, at_ms)
            is_over = pressure_pa > limit_pa
            self.dip_ms[index] = 0 if is_over else self.dip_ms[index] + tick.dt_ms
            is_kept = tick.keep_bits >> index & 1
            if not is_kept or self.dip_ms[index] > dip_most_ms:
                self.over_ms[index] = 0
            elif is_over or self.over_ms[index]:
                self.over_ms[index] += tick.dt_ms
            if is_over and self.over_ms[index] >= limits.OVER_TARGET_MS:
                self.latch("over").trip(faults.OVER_TARGET, index, pressure_pa, limit_pa, at_ms)

    def prolonged(self, tick: Tick, at_ms: int, *, is_running: bool) -> None:
        is_blind = self.machine.boots.has_manifold_sensor_only
        for index, chamber in enumerate(self.machine.chambers):
            is_low = chamber.age_ms == 0 and chamber.smooth_pa < limits.PRESSED_PA
            is_aired = is_blind and not is_running and chamber.vented_ms >= limits.UNSEEN_EMPTY_MS
            if is_low or chamber.is_empty or is_aired:
                self.pressed_ms[index] = 0
            elif tick.keep_bits >> index & 1 or self.pressed_ms[index]:
                self.pressed_ms[index] += tick.dt_ms
                pressed_ms, most_ms = self.pressed_ms[index], limits.PRESSED_MOST_MS
                if pressed_ms > most_ms:
                    self.latch("prolonged").trip(faults.PROLONGED, index, pressed_ms, most_ms, at_ms)

    def unvented(self, at_ms: int) -> None:
        for index, chamber in enumerate(self.machine.chambers):
            is_late = chamber.vented_ms > limits.VENT_MOST_MS and chamber.age_ms == 0
            if is_late and chamber.smooth_pa >= limits.VENTED_PA:
                code, pa = faults.VENT_FAILURE, chamber.smooth_pa
                self.latch("unvented").trip(code, index, pa, limits.VENTED_PA, at_ms)

    def rises(self, tick: Tick, at_ms: int) -> None:
        closed_bits = tick.keep_bits | tick.fill_bits | tick.seal_bits
        for index, chamber in enumerate(self.machine.chambers):
            is_open = chamber.is_empty and not closed_bits >> index & 1
            is_rising = chamber.smooth_pa > limits.RISES_PA and chamber.vented_ms > OPEN_FOR_MS
            is_seen = chamber.age_ms == 0
            self.rising_ms[index] = (
                self.rising_ms[index] + tick.dt_ms if is_open and is_rising and is_seen else 0
            )
            if self.rising_ms[index] >= limits.RISES_MS:
                code, pa = faults.RISES_UNASKED, chamber.smooth_pa
                self.latch("rises").trip(code, index, pa, limits.RISES_PA, at_ms)


class PlainFillTimeout:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.learned_ms = [0] * boots.count
        self.highest_pa = [0] * boots.count
        self.airless_count = 0
        self.reached_bits = 0

    def limit_ms(self, index: int) -> int:
        twice_ms = 2 * self.learned_ms[index] + limits.FILL_LEARNED_EXTRA_MS
        return min(twice_ms, limits.FILL_MOST_MS) if self.learned_ms[index] else limits.FILL_MOST_MS

    def step(
        self,
        share_us: list[int],
        reached_bits: int,
        phase: list[int],
        chambers: list[Chamber],
        notices: Notices,
        latch: FaultLatch,
        at_ms: int,
    ) -> None:
        if reached_bits & ~self.reached_bits:
            self.airless_count = 0
        self.reached_bits = reached_bits
        late = []
        for index, chamber in enumerate(chambers):
            if reached_bits >> index & 1:
                self.learned_ms[index] = max(self.learned_ms[index], share_us[index] // 1000)
            highest_pa = max(self.highest_pa[index], chamber.smooth_pa) if chamber.age_ms == 0 else 0
            kept_pa = max(self.highest_pa[index], highest_pa)
            self.highest_pa[index] = kept_pa if share_us[index] else 0
            late += [index] if share_us[index] // 1000 > self.limit_ms(index) else []
        if not late:
            return
        lowest = late[0]
        for index, chamber in enumerate(chambers):
            if phase[index] == FILL and chamber.pressure_pa <= chambers[lowest].pressure_pa:
                lowest = index
        fill_ms, limit_ms = share_us[late[0]] // 1000, self.limit_ms(late[0])
        notices.rest(faults.FILL_TIMEOUT, lowest, fill_ms, limit_ms, at_ms)
        is_airless = self.highest_pa[lowest] < limits.NO_AIR_PA
        self.airless_count = self.airless_count + 1 if is_airless else 0
        if self.airless_count >= limits.NO_AIR_COUNT:
            count = self.airless_count
            latch.trip(faults.NO_AIR, faults.MACHINE_INDEX, count, limits.NO_AIR_COUNT, at_ms)
