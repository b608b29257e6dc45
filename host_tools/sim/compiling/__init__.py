"""How the core and the plant are compiled: their sources, Numba's types for their classes, their objects."""
