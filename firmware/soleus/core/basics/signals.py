"""What enters the core at each tick, and what leaves it."""

# What a person at the machine, or at its console, asks for in this tick.
BUTTON_START = 1
BUTTON_STOP = 2
BUTTON_PAUSE = 4
BUTTON_RESUME = 8
BUTTON_FIRMER = 16
BUTTON_SOFTER = 32
BUTTON_CLEAR = 64
# The answer to a presence check: "I'm awake". Any other button answers it, too.
BUTTON_ALIVE = 128
# A bench takes over: no program, one actuation at a time.
BUTTON_SERVICE = 256

# The bit of the manifold's sensor in `missing_bits`; chambers have bits 0 to 15.
MANIFOLD_BIT = 1 << 16

# Every valve de-energised, pump off, gate dropped: the one safe state.
# Fill valves are normally closed and vent valves normally open, so losing power is the same state.
ALL_VENT = 0


class Readings:
    """Gauge pressures as the sensors give them, before any zeroing."""

    def __init__(self, chamber_count: int) -> None:
        self.chamber_pa = [0] * chamber_count
        self.manifold_pa = 0
        self.supply_mv = 0
        # Bit i: sensor i gave no reading in this tick. An old one is never repeated in its place.
        self.missing_bits = 0
        self.buttons = 0


class Commands:
    """What is energised. All zero is `ALL_VENT`."""

    def __init__(self) -> None:
        self.fill_bits = ALL_VENT
        # A set bit holds a chamber's normally open vent valve closed.
        self.seal_bits = ALL_VENT
        self.pump_permille = ALL_VENT
        self.gate_on = ALL_VENT


def all_vent(commands: Commands) -> None:
    """The safe state: every valve de-energised, pump off, gate dropped."""
    commands.fill_bits = ALL_VENT
    commands.seal_bits = ALL_VENT
    commands.pump_permille = ALL_VENT
    commands.gate_on = ALL_VENT
