"""What a person asked for, and which pressure each chamber should have now."""
