"""A session as an HTML page to look around in."""
