"""The physical truth that the firmware is tested against: pump, manifold, valves, hoses, legs, sensors.

Units throughout: gauge pressure in mmHg, air and volume in mL at ambient pressure, flow in mL/s.
What runs in a tick (`plant.py` and what it holds) is plain Python that `host_tools.sim.compiled` can
compile; what builds it (`spec.py`, `draw.py`, the parsing in `faults.py`) is ordinary host Python.
"""
