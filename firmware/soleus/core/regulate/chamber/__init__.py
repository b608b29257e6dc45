"""What the sealed regulator does where each chamber has a sensor."""
