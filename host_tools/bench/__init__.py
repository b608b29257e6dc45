"""The test bench: one set of steps for the simulator, the virtual board and a real one."""
