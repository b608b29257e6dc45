"""The manual: its page, walks through the panel with their pictures, and the same by light and sound."""
