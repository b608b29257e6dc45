"""What is said of each fault: loaded when there is one to speak of.

A row: code shown to a person, name, requirement it belongs to, unit of value and limit.
"""

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
    ("E15", "sensor is noisy or jumps about", "REQ-SENSOR-5", "mmHg"),
    ("E16", "sensors of joined chambers disagree", "REQ-SENSOR-6", "mmHg"),
    ("E22", "air does not get from the valve into the chamber", "REQ-FILL-2", "mmHg"),
    ("E23", "chamber leaks", "REQ-FILL-3", "permille of the pump"),
    ("E32", "chamber rises with its fill valve closed", "REQ-VALVE-1", "mmHg"),
    ("E51", "pump runs when told not to", "REQ-PUMP-1", "mmHg"),
    ("E43", "clock stands still", "REQ-TIME-3", "ticks"),
    ("E61", "supply voltage too low", "REQ-SUPPLY-1", "mV"),
    ("E52", "pump fills no chamber", "REQ-PUMP-2", "chambers"),
    ("E17", "sensor of a chamber and that of the manifold contradict each other", "REQ-SENSOR-7", "mmHg"),
)
