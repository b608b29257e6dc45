"""One simulated session: a request in, a trace and its figures out."""
