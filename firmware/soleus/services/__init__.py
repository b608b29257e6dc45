"""What runs beside the control tick. None of it may be needed for safety."""
