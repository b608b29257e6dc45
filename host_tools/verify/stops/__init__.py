"""How long it takes until no chamber holds more than 5 mmHg, after a stop at the worst moment there is."""
