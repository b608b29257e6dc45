"""The board's prompt: the line to it, how it is entered, and what runs there."""
