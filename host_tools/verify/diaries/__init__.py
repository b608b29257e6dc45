"""Diaries drawn at random: those without any effect must be called so, and none may break a report."""
