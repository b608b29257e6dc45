"""The faults that the core can name, and the latch that keeps the first one.

A row: code shown to a person, name, requirement it belongs to, unit of value and limit.
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

TABLE = (
    ("-", "none", "-", ""),
    ("E01", "pressure above what was wanted", "REQ-PRESSURE-1", "mmHg"),
    ("E02", "pressure above the trip limit", "REQ-PRESSURE-2", "mmHg"),
    ("E11", "sensor out of its range", "REQ-SENSOR-1", "mmHg"),
    ("E12", "sensor gives no reading", "REQ-SENSOR-2", "ms"),
    ("E13", "sensor not at zero with the vents open", "REQ-SENSOR-3", "mmHg"),
    ("E21", "chamber does not fill", "REQ-FILL-1", "ms"),
    ("E31", "chamber does not vent", "REQ-VENT-1", "mmHg"),
    ("E41", "control tick late", "REQ-TIME-1", "ms"),
    ("E42", "session longer than any session may be", "REQ-TIME-2", "ms"),
    ("E03", "pressure for too long without a release", "REQ-PRESSURE-3", "ms"),
    ("E14", "sensor does not move", "REQ-SENSOR-4", "ms"),
    ("E15", "sensor jumps about", "REQ-SENSOR-5", "mmHg"),
    ("E16", "sensors of joined chambers disagree", "REQ-SENSOR-6", "mmHg"),
    ("E22", "air does not get from the valve into the chamber", "REQ-FILL-2", "mmHg"),
    ("E23", "chamber leaks", "REQ-FILL-3", "permille of the pump"),
    ("E32", "chamber rises with its fill valve closed", "REQ-VALVE-1", "mmHg"),
    ("E51", "pump runs when told not to", "REQ-PUMP-1", "mmHg"),
    ("E43", "clock stands still", "REQ-TIME-3", "ticks"),
    ("E61", "supply voltage too low", "REQ-SUPPLY-1", "mV"),
    ("E52", "pump gives no air", "REQ-PUMP-2", "chambers"),
)

# These concern one chamber, and an empty chamber harms nobody: it is rested, named, and the others go on.
# Every other fault ends the session.
RESTED = (FILL_TIMEOUT, LEAK)

# Which "chamber" a fault names when it isn't one: the manifold's sensor, or the machine itself.
MANIFOLD_INDEX = 16
MACHINE_INDEX = 17


class Notices:
    """Chambers that are rested for what remains of the session, each with its reason."""

    def __init__(self, chamber_count: int) -> None:
        self.rested_bits = 0
        # The one that was rested last.
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
