"""What a bench can test: the simulator, a virtual board, a board at a port."""
