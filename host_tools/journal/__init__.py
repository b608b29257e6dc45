"""A person's diary: nights, trainings and sessions, in one file on this laptop; nothing of it leaves it."""
