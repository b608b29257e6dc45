"""Files to begin with: commented, and right by the check that they come from."""
