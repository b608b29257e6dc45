"""What can't be seen without pump, valves, sensors and something to fill; and where it is tested."""

NEEDS_PLANT = (
    ("a session from start to done", "tests/virtual/test_session.py"),
    ("an exception in tick, link, display or writer during a session", "tests/virtual/ways_out"),
    ("a full heap or a full disk during a session", "tests/virtual/ways_out"),
    ("an unplugged link ends the session that it leads", "tests/virtual/ways_out"),
    ("power lost or sagged during a session", "tests/virtual/ways_out"),
    ("flash is written only where no chamber holds pressure", "tests/virtual/test_recorder.py"),
    ("a recorded session replays; the meter counts it", "tests/virtual/test_recorder.py"),
    ("connecting in the middle of a session vents first", "tests/virtual/line"),
    ("every fault trips its guard", "docs/safety.md, and the bench's own steps"),
    ("pressure, valves, pump, hoses and leaks", "soleus bench"),
)
