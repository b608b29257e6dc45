"""What a bench can stand on: the simulator, a virtual board, a board at a port."""
