"""What a session leaves for people and programs: numbers, a trace file, pictures and a report."""
