"""The vocabulary of the core: units, limits, boots, signals, faults."""
