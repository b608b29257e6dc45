"""How a session's log is laid out. The board writes it, and the laptop reads it with these same names.

A file begins with `MAGIC`; then come frames: kind, length of the payload (16 bits), payload, CRC-32 of
all that. A cut anywhere costs the frame that it falls into and nothing before it. All numbers are
little-endian.
"""

MAGIC = b"SLG1"
VERSION = 1

HEADER = 1  # JSON: who recorded, what was asked for
OVERVIEW = 2  # rows at 2 Hz, see overview.py
RING = 3  # a block of ticks at full rate, see tick_coder.py and ring.py
END = 4  # JSON: how it ended
NAMES = 5  # JSON, added by the laptop: names of the state's numbers

FRAME_HEAD_BYTES = 3
FRAME_TAIL_BYTES = 4

# A block of ticks: number of the block (32 bits), of its ticks (16) and of its state's bytes (16), the
# machine's time before its first tick (32). Then a byte for each channel, the state, the ticks' bits.
BLOCK_HEAD_BYTES = 12

# What an overview's chunk begins with: time of its first row (32 bits), rows (16), rows lost (16).
CHUNK_HEAD_BYTES = 8
OVERVIEW_MS = 500
