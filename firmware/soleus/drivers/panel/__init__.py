"""What a person presses, sees and hears."""
