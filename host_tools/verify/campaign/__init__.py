"""Thousands of sessions in which something breaks, planned from a seed, and each judged by true pressures."""
