"""Verification in bulk: campaigns of faults, healthy sessions, and a walk through every state of the core."""
