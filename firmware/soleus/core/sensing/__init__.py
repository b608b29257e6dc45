"""Readings to pressures: zeroed, smoothed, and as old as they are."""
