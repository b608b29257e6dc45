"""Many sessions that nothing disturbs, and whether each of them did what was asked of it."""
