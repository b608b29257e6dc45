"""What runs on this board."""

VERSION = "0.1.0"
