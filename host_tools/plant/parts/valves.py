"""Solenoid valves: a command, a wait, a short travel of the armature; and the conductances that follow."""

import numpy as np

from host_tools.plant.parts.modes import LOOSE_SLOT_MS
from host_tools.plant.parts.noise import Noise, flickers
from host_tools.plant.parts.units import NEVER_MS

# An armature that has rested for so long sticks half as much as it ever will.
STUCK_HALF_MS = 5000.0


class Valves:
    """All valves of a pair of boots: index = chamber for fill (or three-way) valves, then the vent valves.

    `place` is where the armature is: 0 de-energised, 1 energised. A fill valve is open at 1, a vent valve
    at 0; a three-way valve passes from the vent (0) to the manifold (1) with both ajar on the way.
    """

    def __init__(
        self,
        chambers: int,
        is_three_way: int,
        on_ms: np.ndarray,
        off_ms: np.ndarray,
        travel_ms: np.ndarray,
        jitter_ms: np.ndarray,
        fill_k: np.ndarray,
        vent_k: np.ndarray,
        drop_out_v: float,
        stick_ms: np.ndarray,
    ) -> None:
        count = chambers if is_three_way else 2 * chambers
        self.chambers = chambers
        self.is_three_way = is_three_way
        self.count = count
        self.on_ms = on_ms
        self.off_ms = off_ms
        self.travel_ms = travel_ms
        self.jitter_ms = jitter_ms
        self.stick_ms = stick_ms
        self.full_fill_k = fill_k
        self.full_vent_k = vent_k
        self.drop_out_v = drop_out_v
        self.is_energised = np.zeros(count, np.int64)
        self.driven = np.zeros(count, np.int64)
        self.due_ms = np.full(count, NEVER_MS)
        self.changed_ms = np.full(count, -NEVER_MS)
        self.place = np.zeros(count)
        self.mean_place = np.zeros(count)
        self.is_dead = np.zeros(count, np.int64)
        self.is_frozen = np.zeros(count, np.int64)
        self.is_loose = np.zeros(count, np.int64)
        self.slowness = np.ones(count)
        self.seat_leak = np.zeros(count)
        self.fill_k = np.zeros(chambers)
        self.air_k = vent_k.copy()

    def heal(self) -> None:
        for valve in range(self.count):
            self.is_dead[valve] = 0
            self.is_frozen[valve] = 0
            self.is_loose[valve] = 0
            self.slowness[valve] = 1.0
            self.seat_leak[valve] = 0.0

    def command(
        self, fill_bits: int, seal_bits: int, supply_v: float, has_power: bool, now_ms: int, noise: Noise
    ) -> bool:
        """Take the commands at the start of a beat; return whether an armature moves in the next 10 ms."""
        is_energised, driven, due_ms, place = self.is_energised, self.driven, self.due_ms, self.place
        can_hold = has_power and supply_v >= self.drop_out_v
        bits = (fill_bits & ((1 << self.chambers) - 1)) | (seal_bits << self.chambers)
        if not can_hold:
            bits = 0
        until_ms = now_ms + 10.0
        moves = False
        for valve in range(self.count):
            wanted = (bits >> valve) & 1
            if wanted and self.is_dead[valve]:
                wanted = 0
            if wanted and self.is_loose[valve] and flickers(now_ms // LOOSE_SLOT_MS, valve):
                wanted = 0
            if wanted != is_energised[valve]:
                is_energised[valve] = wanted
                self.schedule(valve, wanted, now_ms, noise)
                self.changed_ms[valve] = now_ms
            if due_ms[valve] < until_ms or place[valve] != driven[valve]:
                moves = True
        return moves

    def schedule(self, valve: int, wanted: int, now_ms: int, noise: Noise) -> None:
        """A change that is undone within its latency never happens: the armature hasn't moved yet."""
        if wanted == self.driven[valve]:
            self.due_ms[valve] = NEVER_MS
            return
        latency_ms = self.on_ms[valve] if wanted else self.off_ms[valve]
        jitter_ms = (2.0 * noise.uniform() - 1.0) * self.jitter_ms[valve]
        rested_ms = now_ms - self.changed_ms[valve]
        latency_ms += self.stick_ms[valve] * (rested_ms / (rested_ms + STUCK_HALF_MS))
        self.due_ms[valve] = now_ms + max(1.0, latency_ms + jitter_ms) * self.slowness[valve]

    def travel(self, from_ms: float, dt_ms: float, hole_k: np.ndarray) -> None:
        """Move the armatures for a substep, and note the mean place of each during it."""
        for valve in range(self.count):
            place = self.place[valve]
            mean = place
            if not self.is_frozen[valve]:
                start_ms = from_ms
                if self.due_ms[valve] < from_ms + dt_ms:
                    start_ms = max(from_ms, self.due_ms[valve])
                    # Less than a millisecond is left of the move before this one: ignore it.
                    self.driven[valve] = self.is_energised[valve]
                    self.due_ms[valve] = NEVER_MS
                goal = float(self.driven[valve])
                if place != goal:
                    wait_ms = start_ms - from_ms
                    moving_ms = dt_ms - wait_ms
                    whole_ms = self.travel_ms[valve] * self.slowness[valve]
                    needed_ms = abs(goal - place) * whole_ms
                    spent_ms = min(moving_ms, needed_ms)
                    end = goal
                    if needed_ms > moving_ms:
                        end = place + (goal - place) * moving_ms / needed_ms
                    area = place * wait_ms + 0.5 * (place + end) * spent_ms + end * (moving_ms - spent_ms)
                    mean = area / dt_ms
                    self.place[valve] = end
            self.mean_place[valve] = mean
        self.set_conductances(self.mean_place, hole_k)

    def stand_still(self, hole_k: np.ndarray) -> None:
        """The conductances of armatures that stand still."""
        self.set_conductances(self.place, hole_k)

    def set_conductances(self, place: np.ndarray, hole_k: np.ndarray) -> None:
        """A hole in the hose near the valve is one more opening to the air."""
        fill_k, air_k, seat_leak = self.fill_k, self.air_k, self.seat_leak
        full_fill_k, full_vent_k = self.full_fill_k, self.full_vent_k
        vents_from = 0 if self.is_three_way else self.chambers
        for chamber in range(self.chambers):
            vent = chamber + vents_from
            fill_k[chamber] = full_fill_k[chamber] * max(place[chamber], seat_leak[chamber])
            air_k[chamber] = full_vent_k[chamber] * max(1.0 - place[vent], seat_leak[vent]) + hole_k[chamber]
