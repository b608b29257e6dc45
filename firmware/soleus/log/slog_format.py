"""How a session's log is laid out. The board writes it, and the laptop reads it with these same names.

A file begins with `MAGIC`; then come frames: kind, length of the payload (16 bits), payload, CRC-32 of
all that. A cut anywhere costs the frame that it falls into and nothing before it. All numbers are
little-endian.
"""

MAGIC = b"SLG2"

HEADER = 1  # JSON: who recorded, what was asked for
OVERVIEW = 2  # a block with a row every `OVERVIEW_MS`
RING = 3  # a block with every tick
END = 4  # JSON: how it ended
NAMES = 5  # JSON, added by the laptop: names of the state's numbers

# A block: its number (32 bits; of an overview: how many rows had no room), the number of its ticks (16),
# a word about its state (16), the machine's time before its first tick (32). Then a byte and a number for
# each channel, and the ticks' bits, with pieces of the core's state among the first: see `tick_coder.py`.
# Older logs have the whole state before the ticks; the word is then the number of its bytes.
BLOCK_HEAD_BYTES = 12
STATE_IN_PIECES = 0xFFFF
LAST_PIECE = 0x80

# Channels beside the chambers: of a tick, the manifold's pressure and the supply in mV; of an overview's
# row, supply, stage, block, level, cycle, rested chambers.
RING_EXTRAS = 2
OVERVIEW_EXTRAS = 6
OVERVIEW_MS = 500
# An overview's pressures are smoothed, in steps of 64 Pa; its supply is in steps of 64 mV.
OVERVIEW_SHIFT = 6
