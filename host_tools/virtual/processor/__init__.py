"""The chip of a virtual board: the interpreter, its wire to the board, and its resets."""
