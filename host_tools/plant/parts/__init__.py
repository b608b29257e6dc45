"""The parts that the air goes through, and the sensors that look at it."""
