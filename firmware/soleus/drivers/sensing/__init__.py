"""Pressure sensors."""
