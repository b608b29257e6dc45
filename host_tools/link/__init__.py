"""The laptop's end of the console link to a board."""
