"""Logs of sessions: reads them, shows them, replays them on the laptop's core, makes tests of them."""
