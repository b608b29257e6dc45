"""What keeps a first day from beginning: this laptop, its ports, and what is plugged in."""
