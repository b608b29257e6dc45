"""What every other room of the firmware may use."""
