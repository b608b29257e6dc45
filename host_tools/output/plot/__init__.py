"""A session as a picture."""
