"""Thousands of sessions in which something breaks, planned from a seed and judged by true pressures."""
