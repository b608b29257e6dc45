"""The pump, its rotor and the manifold: what the last command was, and how the air follows it."""

from soleus.core.regulate.learned import ROTOR_MS
from soleus.core.regulate.regulation import OVERLAP_MS, PUMP_MOST_PERMILLE

# After a change of the flow, valve and sensor need so long to show it.
FLOW_MS = 50


class AirPath:
    def __init__(self) -> None:
        # The pump's duty: as commanded in this tick, and as it was in the tick before.
        self.pump_permille = 0
        self.pump_before_permille = 0
        # How fast the rotor turns by now, and how much of its flow each filling chamber gets.
        self.rotor_permille = 0
        self.flow_permille = 0
        # So many chambers share the pump in this tick; 1 when none is filled.
        self.sharers_count = 1
        # A rotor that turns faster than this may still bring air. Where each chamber has a sensor, only
        # the phase COAST counts.
        self.quiet_rotor_permille = PUMP_MOST_PERMILLE
        # Chambers joined to the manifold by the last commands, and those that stay joined after their turn.
        self.joined_bits = 0
        self.overlap_bits = 0
        self.overlap_ms = 0

    def turn(self, filling_count: int, dt_ms: int) -> None:
        """The rotor follows the last command, and the flow follows the rotor."""
        before_permille = self.pump_permille
        rotor_permille = self.rotor_permille
        flow_permille = self.flow_permille
        sharers_count = filling_count or 1
        self.sharers_count = sharers_count
        self.pump_before_permille = before_permille
        self.pump_permille = 0
        turned_ms = dt_ms if dt_ms < ROTOR_MS else ROTOR_MS
        rotor_permille += (before_permille - rotor_permille) * turned_ms // ROTOR_MS
        flowed_ms = dt_ms if dt_ms < FLOW_MS else FLOW_MS
        flow_permille += (rotor_permille // sharers_count - flow_permille) * flowed_ms // FLOW_MS
        self.rotor_permille = rotor_permille
        self.flow_permille = flow_permille

    def handing_over_bits(self, wanted_bits: int, keep_bits: int) -> int:
        """With the pump running, these leave the manifold only after the next chamber has opened."""
        if self.pump_permille <= 0 or wanted_bits == 0 or wanted_bits & self.joined_bits:
            return 0
        return self.joined_bits & ~wanted_bits & keep_bits

    def begin_overlap(self, leaving_bits: int) -> None:
        self.overlap_bits = leaving_bits
        self.overlap_ms = 0

    def join(self, wanted_bits: int, keep_bits: int, dt_ms: int) -> None:
        if self.overlap_bits:
            self.overlap_ms += dt_ms
            if self.overlap_ms > OVERLAP_MS:
                self.overlap_bits = 0
        self.joined_bits = wanted_bits | (self.overlap_bits & keep_bits)

    def part_all(self) -> None:
        self.joined_bits = 0
        self.overlap_bits = 0
        self.pump_permille = 0
