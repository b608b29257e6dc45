"""Source to bytecode, without the names that a chip can do without."""
