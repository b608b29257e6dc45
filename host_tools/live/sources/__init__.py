"""Where frames come from: a simulation, a virtual board, a board at a port, a recording."""
