"""The requirements, the faults that trip them, and what a person is told."""
