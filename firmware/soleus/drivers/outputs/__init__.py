"""Valves, pump, and the pins that vent."""
