"""Between registers and physical units: each driver knows one part and its datasheet."""
