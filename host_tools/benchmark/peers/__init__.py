"""What others do to reach a pressure, as regulators that can take the place of the core's own.

Each gets the same gauges, the same sequence of targets, the same valves, pump and latencies. They are
compiled like the core, so their objects hold what its objects hold: integers, lists of integers, each other.
"""
