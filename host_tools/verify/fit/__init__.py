"""The check fill before a session, on boots drawn from each plant file."""
