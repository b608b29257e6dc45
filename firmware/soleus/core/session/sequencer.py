"""Which pressure each chamber should have now: it walks the timeline, foot first."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import (
    CYCLE_PRESSED_LAST_MS,
    CYCLE_PRESSED_MOST_MS,
    SOFT_START_LEAST_PA,
    SOFT_START_PERMILLE,
    TARGET_LEAST_PA,
)
from soleus.core.program.timeline import STAGE_RAISE, STAGE_RELEASE, STAGE_REST, Timeline

NOT_MADE = -1


class Sequencer:
    def __init__(self, boots: Boots, timeline: Timeline) -> None:
        self.boots = boots
        self.timeline = timeline
        # Chambers under pressure; every other one is open to the air, which is not the same as "at 0 Pa".
        self.keep_bits = 0
        # Chambers that a guard has taken out of this session.
        self.rested_bits = 0
        # What each kept chamber should have at this moment, and what it is on its way to.
        self.setpoint_pa = [0] * boots.count
        self.target_pa = [0] * boots.count
        # The lowest target of all kept chambers; 0 when service has set the targets.
        self.least_target_pa = 0
        # What the targets were made from. They are made anew when one of these changes.
        self.made_stage_index = NOT_MADE
        self.made_keep_bits = 0
        self.made_level_pa = 0
        self.level_pa = 0
        self.block_index = 0
        self.stage_index = 0
        self.stage_ms = 0
        self.cycle_ms = 0
        self.cycles_count = 0
        # The level of the last cycle that was whole: every chamber has had its pressure.
        self.whole_pa = 0
        self.is_cut_short = False

    def begin(self, asked_pa: int) -> None:
        """A new session: the first cycle is a soft start."""
        self.cycles_count = 0
        self.whole_pa = 0
        self.block_index = 0
        self.forget_targets()
        self._begin_cycle(asked_pa)

    def restart_cycle(self, asked_pa: int) -> None:
        """After a pause the legs are empty: the cycle begins at the foot again."""
        self._begin_cycle(asked_pa)

    def release_all(self) -> None:
        self.keep_bits = 0

    def forget_targets(self) -> None:
        """Service sets targets of its own: the next session makes them anew."""
        self.made_stage_index = NOT_MADE
        self.least_target_pa = 0

    def stage_kind(self) -> int:
        return self.timeline.kind[self.stage_index]

    def raise_bits(self) -> int:
        return self.timeline.raise_bits[self.stage_index] & ~self.rested_bits

    def step(
        self, asked_pa: int, run_ms: int, reached_bits: int, empty_bits: int, is_quiet: bool, dt_ms: int
    ) -> None:
        """`is_quiet`: no pump air is on its way. Stages wait for that, or the manifold is dead-headed."""
        self.stage_ms += dt_ms
        self.cycle_ms += dt_ms
        if asked_pa < self.level_pa:
            # Softer is felt at once; firmer waits for the next cycle.
            self.level_pa = asked_pa
        if self.cycle_ms >= CYCLE_PRESSED_MOST_MS and self._is_overdue(is_quiet):
            self.release_early()
        elif is_quiet and self._is_stage_over(reached_bits, empty_bits):
            self._next_stage(asked_pa, run_ms)
        keep_bits = self.timeline.keep_bits[self.stage_index] & ~self.rested_bits
        self.keep_bits = keep_bits
        if (
            self.made_stage_index != self.stage_index
            or self.made_keep_bits != keep_bits
            or self.made_level_pa != self.level_pa
        ):
            self._set_targets()

    def _is_overdue(self, is_quiet: bool) -> bool:
        """A weak pump may need minutes for a cycle; the leg is let go before that is a hazard."""
        if self.stage_kind() == STAGE_RELEASE or self.stage_kind() == STAGE_REST:
            return False
        return self.cycle_ms >= (CYCLE_PRESSED_MOST_MS if is_quiet else CYCLE_PRESSED_LAST_MS)

    def release_early(self) -> None:
        """To the block's last two stages: release and rest."""
        self.is_cut_short = True
        self.stage_index = self.timeline.first_stage[self.block_index + 1] - 2
        self.stage_ms = 0

    def _is_stage_over(self, reached_bits: int, empty_bits: int) -> bool:
        if self.stage_ms < self.timeline.least_ms[self.stage_index]:
            return False
        kind = self.stage_kind()
        if kind == STAGE_RAISE:
            raised_bits = self.raise_bits()
            return reached_bits & raised_bits == raised_bits
        if kind == STAGE_REST:
            return (
                empty_bits == self.boots.all_bits
                and self.cycle_ms >= self.timeline.cycle_ms[self.block_index]
            )
        return True

    def _next_stage(self, asked_pa: int, run_ms: int) -> None:
        self.stage_index += 1
        self.stage_ms = 0
        if self.stage_index < self.timeline.first_stage[self.block_index + 1]:
            return
        self.cycles_count += 1
        if not self.is_cut_short:
            self.whole_pa = self.level_pa
        is_last_block = self.block_index == self.timeline.block_count - 1
        if run_ms >= self.timeline.block_end_ms[self.block_index] and not is_last_block:
            self.block_index += 1
        self._begin_cycle(asked_pa)

    def _begin_cycle(self, asked_pa: int) -> None:
        self.stage_index = self.timeline.first_stage[self.block_index]
        self.stage_ms = 0
        self.cycle_ms = 0
        self.is_cut_short = False
        self.level_pa = self._cycle_level_pa(asked_pa)

    def _cycle_level_pa(self, asked_pa: int) -> int:
        if self.cycles_count > 0:
            return asked_pa
        # Bound: 16_000 Pa * 1000 permille.
        soft_pa = asked_pa * SOFT_START_PERMILLE // 1000
        return min(asked_pa, max(soft_pa, SOFT_START_LEAST_PA))

    def _set_targets(self) -> None:
        timeline = self.timeline
        raised_bits = timeline.raise_bits[self.stage_index]
        relaxed_bits = timeline.relax_bits[self.stage_index]
        ramp_ms = timeline.least_ms[self.stage_index]
        is_ramping = self.stage_kind() == STAGE_RAISE and self.stage_ms < ramp_ms
        self.made_stage_index = NOT_MADE if is_ramping else self.stage_index
        self.made_keep_bits = self.keep_bits
        self.made_level_pa = self.level_pa
        level_pa = self.level_pa
        most_pa = self.boots.target_most_pa
        least_target_pa = most_pa
        first_offset = self.block_index * self.boots.count
        keep_bits = self.keep_bits
        setpoint_pa = self.setpoint_pa
        target_pa = self.target_pa
        for index in range(self.boots.count):
            bit = 1 << index
            if not keep_bits & bit:
                setpoint_pa[index] = 0
                target_pa[index] = 0
                continue
            full_pa = level_pa + timeline.offset_pa[first_offset + index]
            if full_pa > most_pa:
                full_pa = most_pa
            if relaxed_bits & bit:
                full_pa = full_pa * timeline.relax_permille[self.block_index] // 1000
            if full_pa < TARGET_LEAST_PA:
                full_pa = TARGET_LEAST_PA
            target_pa[index] = full_pa
            if full_pa < least_target_pa:
                least_target_pa = full_pa
            if is_ramping and raised_bits & bit:
                # Bound: 16_000 Pa * 30_000 ms.
                full_pa = full_pa * self.stage_ms // ramp_ms
            setpoint_pa[index] = full_pa
        self.least_target_pa = least_target_pa
