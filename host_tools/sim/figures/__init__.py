"""The figures of a session: what its trace is measured against, and what comes of it."""
