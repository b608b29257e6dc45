"""What a bench asks for: one actuation at a time."""
