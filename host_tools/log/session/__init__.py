"""A session as a person had it: all its parts, and when it was."""
