"""The parts of docs/ that are made by command."""
