"""The results of a session for people and programs: numbers, a trace file, pictures and a report."""
