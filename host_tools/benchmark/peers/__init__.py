"""What others do to reach a pressure, as regulators that can take the place of the core's own.

Each gets the same gauges, the same sequence of targets, the same valves, pump and latencies. They are
compiled like the core, so they keep to what it keeps to: integers, lists of integers and each other.
"""
