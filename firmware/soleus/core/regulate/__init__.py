"""Setpoints to valves and pump."""
