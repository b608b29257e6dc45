"""Carries frames to pages and acts back, for nobody but the person at this computer."""
