"""Codes of the ways in which a part can fail; `faults.MODES` says what each means for each part."""

OK, OFF, STUCK, GARBAGE, WRONG, SLOW, DELAYED, INTERMITTENT, LEAK, KINK, MOVE = range(11)
DEAD, HALF, FLOAT, TUBE_OFF, TUBE_PINCHED, HANG, NARROW, AWAY, SWAPPED = range(11, 20)
MODE_NAMES = (
    "ok", "off", "stuck", "garbage", "wrong", "slow", "delayed", "intermittent", "leak", "kink", "move",
    "dead", "half", "float", "tube-off", "tube-pinched", "hang", "narrow", "away", "swapped",
)  # fmt: skip

SENSOR, VALVE, PUMP, HOSE, GARMENT, LEG, CLOCK, SUPPLY, MANIFOLD, RELIEF, BUS = range(11)
KIND_NAMES = (
    "sensor", "valve", "pump", "hose", "garment", "leg", "clock", "supply", "manifold", "relief", "bus",
)  # fmt: skip

# In each slot of this length a loose contact is open or closed, by chance.
LOOSE_SLOT_MS = 100
