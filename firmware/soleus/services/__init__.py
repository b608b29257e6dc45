"""What runs beside the control tick; none of it may be needed for the legs to be safe."""
