"""What a run of the bench leaves behind: its record, its report, its history."""
