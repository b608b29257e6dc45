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
)

# Which "chamber" a fault names when it isn't one: the manifold's sensor, or the machine itself.
MANIFOLD_INDEX = 16
MACHINE_INDEX = 17


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
