"""The results of a bench run: its record, its report, its history."""
