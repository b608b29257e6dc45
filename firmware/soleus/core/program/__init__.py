"""A program: checked, fitted to the boots, laid out as a timeline. All of it before a session."""
