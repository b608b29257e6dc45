"""A program laid out for these boots: a flat list of stages that the sequencer walks.

Built once, before a session; `step()` only reads it. Each stage says which chambers are kept under
pressure, which of them are being raised, which are relaxed to a part of their pressure, and for how
long at least. A chamber that isn't kept is open to the air.
"""

from soleus.core.basics.boots import Boots

# What ends a stage:
STAGE_RAISE = 0  # every raised chamber has reached its pressure (and the ramp is over)
STAGE_HOLD = 1  # its time
STAGE_RELAX = 2  # its time, too: a partial release is a beat, not a measurement
STAGE_RELEASE = 3  # its time
STAGE_REST = 4  # its time, the cycle's beat, and every chamber seen to be empty

STAGE_NAMES = ("raise", "hold", "relax", "release", "rest")


class Timeline:
    def __init__(self, boots: Boots) -> None:
        self.chamber_count = boots.count
        self.block_count = 0
        # For each block: where its stages begin (and, one more, where the last one's end).
        self.first_stage = [0]
        self.block_end_ms = []
        self.cycle_ms = []
        self.relax_permille = []
        self.offset_pa = []
        # Every chamber that comes under pressure at all.
        self.active_bits = 0
        # For each stage:
        self.kind = []
        self.least_ms = []
        self.keep_bits = []
        self.raise_bits = []
        self.relax_bits = []

    def add(self, kind: int, least_ms: int, keep_bits: int, raise_bits: int = 0, relax_bits: int = 0) -> None:
        self.active_bits |= keep_bits
        self.kind.append(kind)
        self.least_ms.append(least_ms)
        self.keep_bits.append(keep_bits)
        self.raise_bits.append(raise_bits)
        self.relax_bits.append(relax_bits)
