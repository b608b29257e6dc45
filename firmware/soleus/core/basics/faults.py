"""The faults that the core can name, and the latch that keeps the first one.

`fault_table.py` says for each what a person is shown.
"""

NONE = 0
OVER_TARGET = 1
OVER_TRIP = 2
SENSOR_RANGE = 3
SENSOR_SILENT = 4
SENSOR_ZERO = 5
FILL_TIMEOUT = 6
VENT_FAILURE = 7
LATE_TICK = 8
SESSION_CAP = 9
PROLONGED = 10
SENSOR_STUCK = 11
SENSOR_ERRATIC = 12
SENSOR_DISAGREES = 13
KINK = 14
LEAK = 15
RISES_UNASKED = 16
PUMP_RUNAWAY = 17
CLOCK_STOPPED = 18
SUPPLY_LOW = 19
NO_AIR = 20
SENSOR_CONTRADICTED = 21

# These concern one chamber, and an empty chamber does no harm: it is rested and named, and the others go on.
# Every other fault ends the session.
RESTED = (FILL_TIMEOUT, LEAK)

# The `chamber_index` of a fault that concerns no chamber: the manifold's sensor, or the machine itself.
MANIFOLD_INDEX = 16
MACHINE_INDEX = 17


# The codes that a person is shown. They are asked for often, so they stand here and not in the table.
_CODES = "  -E01E02E11E12E13E21E31E41E42E03E14E15E16E22E23E32E51E43E61E52E17"
_CODE_LETTERS = 3


def code_of(fault: int) -> str:
    return _CODES[_CODE_LETTERS * fault : _CODE_LETTERS * (fault + 1)].strip()


class Notices:
    """Chambers that are rested for what remains of the session, each with its reason."""

    def __init__(self, chamber_count: int) -> None:
        self.rested_bits = 0
        # The chamber that was rested last.
        self.last_index = 0
        self.code = [NONE] * chamber_count
        self.value = [0] * chamber_count
        self.limit = [0] * chamber_count
        self.at_ms = [0] * chamber_count

    def rest(self, code: int, chamber_index: int, value: int, limit: int, at_ms: int) -> None:
        if self.rested_bits & (1 << chamber_index):
            return
        self.rested_bits |= 1 << chamber_index
        self.last_index = chamber_index
        self.code[chamber_index] = code
        self.value[chamber_index] = value
        self.limit[chamber_index] = limit
        self.at_ms[chamber_index] = at_ms

    def clear(self) -> None:
        """A new session: a person has seen the notices, and may have mended what they name."""
        self.rested_bits = 0
        for index in range(len(self.code)):
            self.code[index] = NONE


class FaultLatch:
    """Keeps the first cause: what came later is often only its consequence."""

    def __init__(self) -> None:
        self.code = NONE
        self.chamber_index = MACHINE_INDEX
        self.value = 0
        self.limit = 0
        self.at_ms = 0

    def trip(self, code: int, chamber_index: int, value: int, limit: int, at_ms: int) -> None:
        if self.code != NONE:
            return
        self.code = code
        self.chamber_index = chamber_index
        self.value = value
        self.limit = limit
        self.at_ms = at_ms

    def clear(self) -> None:
        self.code = NONE
        self.chamber_index = MACHINE_INDEX
        self.value = 0
        self.limit = 0
        self.at_ms = 0
