"""What a whole tick of the flashed application costs a chip."""
