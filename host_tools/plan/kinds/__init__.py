"""The plans, one a file: which sessions, on which days, with what beside them."""
