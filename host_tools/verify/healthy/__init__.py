"""Many sessions without faults, and whether each of them did what it was asked to do."""
