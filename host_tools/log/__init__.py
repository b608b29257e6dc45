"""Logs of sessions: read, shown, replayed on the laptop's core, made into tests."""
