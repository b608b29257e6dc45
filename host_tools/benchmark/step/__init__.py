"""What one step of the core costs a chip."""
