"""Codes of the ways in which a part can fail; `faults.MODES` says what each means for each part."""

OK, OFF, STUCK, GARBAGE, WRONG, SLOW, DELAYED, INTERMITTENT, LEAK, KINK, MOVE = range(11)
MODE_NAMES = (
    "ok", "off", "stuck", "garbage", "wrong", "slow", "delayed", "intermittent", "leak", "kink", "move",
)  # fmt: skip

SENSOR, VALVE, PUMP, HOSE, GARMENT, LEG, CLOCK, SUPPLY, MANIFOLD = range(9)
KIND_NAMES = ("sensor", "valve", "pump", "hose", "garment", "leg", "clock", "supply", "manifold")

# In each slot of this length a loose contact is open or closed, by chance.
LOOSE_SLOT_MS = 100
