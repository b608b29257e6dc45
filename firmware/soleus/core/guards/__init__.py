"""What looks at the readings first, and can only take energy away."""
