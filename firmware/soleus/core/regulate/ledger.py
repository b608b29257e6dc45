"""What each chamber has cost the pump, and what came of it. The guards look for leaks and kinks here."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import COLLAPSE_COUNT


class Ledger:
    def __init__(self, boots: Boots, phase: list) -> None:
        count = boots.count
        self.count = count
        # The regulator's own list: what each chamber is going through.
        self.phase = phase
        self.reached_bits = 0
        # How much of the pump each chamber had while it was filled: chambers side by side share it.
        self.fill_share_us = [0] * count
        self.filled_bits = 0
        # Since a chamber was reached: how long it has been held, and the pump's time that this took. Both
        # stay as they are when the chamber is released, until it is filled again.
        self.held_ms = [0] * count
        self.held_bits = 0
        self.dose_us = [0] * count
        # While a leg moves, top-ups don't count as a leak.
        self.restless_ms = [0] * count
        self.restless_bits = 0
        # Fills in a row whose pressure collapsed as soon as the valve closed, and by how much the last one.
        self.collapse_count = [0] * count
        self.collapse_pa = [0] * count
        self.collapsed_bits = 0
        # Stops of the pump in a row after which the pressure went on rising.
        self.coast_rise_count = 0
        self.coast_rise_pa = 0
        self.coast_rise_index = 0

    def begin_session(self) -> None:
        """A person has seen what ended the last session, and none of it counts any more."""
        self.coast_rise_count = 0
        self.collapsed_bits = 0
        for index in range(self.count):
            self.collapse_count[index] = 0

    def share_anew(self) -> None:
        """A chamber was rested: what it took of the pump doesn't count against the others."""
        self.filled_bits = 0
        for index in range(self.count):
            self.fill_share_us[index] = 0

    def close(self, index: int) -> None:
        """The chamber is open to the air."""
        bit = 1 << index
        self.fill_share_us[index] = 0
        self.filled_bits &= ~bit
        self.held_bits &= ~bit
        self.restless_bits &= ~bit
        self.reached_bits &= ~bit

    def begin_restless(self, index: int, for_ms: int) -> None:
        self.restless_ms[index] = for_ms
        self.restless_bits |= 1 << index

    def calm_down(self, index: int, dt_ms: int) -> None:
        """Air that a moving leg has let out and that is brought back is no leak."""
        self.restless_ms[index] -= dt_ms
        if self.restless_ms[index] <= 0:
            self.restless_bits &= ~(1 << index)
        self.held_ms[index] = 0
        self.held_bits &= ~(1 << index)
        self.dose_us[index] = 0

    def note_coast_rise(self, index: int, rise_pa: int, is_first: bool) -> None:
        """Several chambers that coast together count as one stop of the pump."""
        self.coast_rise_pa = rise_pa
        self.coast_rise_index = index
        self.coast_rise_count += 1 if is_first else 0

    def note_collapse(self, index: int, missing_pa: int) -> None:
        self.collapse_pa[index] = missing_pa
        self.collapse_count[index] = min(self.collapse_count[index] + 1, COLLAPSE_COUNT)
        if self.collapse_count[index] == COLLAPSE_COUNT:
            self.collapsed_bits |= 1 << index

    def end_collapses(self, index: int) -> None:
        self.collapse_count[index] = 0
        self.collapsed_bits &= ~(1 << index)
