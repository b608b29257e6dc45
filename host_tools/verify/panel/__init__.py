"""Walks panel and session together: all that presses, time, a laptop and losses of power can do to a person.

The sister package `explore` walks the core tick by tick with one level and free clocks. Here levels and
clocks count, and the air doesn't: the panel's own code (`front`, `walk`, `acts`, `facts`, `requests`), the
link's requests and the core's controller with its session and sequencer are the real ones, and stand behind
each other as on a board. What stands in for the rest (board.py):

- **Clocks are coarse.** At the panel 20 ms, 600 ms or 130 s pass: a press on the heels of another, time to
  read, too long. In a session a press takes no time, and else ten minutes pass at once. Stages end when
  something says so, as does the check of the sensors and the emptying of the legs.
- **Air** is wherever it should be. Guards trip in any tick, or not.
- **A check fill**, in the cases that have one, takes a tick and finds what the walk says: that all fits, a
  hose that is off, a kinked one, no leg. What is kept of it (`services/check_fill.py`) is the real one.
- **The flash** is a table: the wearer's sessions, the note of the one under way, what was left of one. There
  are a few programs, and no calendar, so what was left never grows old.
- **A board's contacts** are taps: debouncing has tests of its own.

One thing happens at a time: a press (any buttons of a session together), a request of a laptop, a passing of
time, the end of a stage, a fault, a loss of power. For this the walk is complete: every order in which these
things can follow each other. witness.py watches beside it what must be true, by counting presses itself.
"""
