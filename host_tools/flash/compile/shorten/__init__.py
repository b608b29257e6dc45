"""Names that cost a chip heap, made short before they are compiled."""
