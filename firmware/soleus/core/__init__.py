"""The pure core: integers in, integers out; it knows no pins, no clock and no files."""
