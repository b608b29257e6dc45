"""The parts of docs/ that a command makes."""
