"""Programs side by side on the same boots: what each does to a leg, and what it costs the machine."""
