"""Walks every discrete state that the core can get into, with the worst of readings, clocks and buttons.

It runs the core's own code, tick by tick, and checks the commands of every tick. Tests and simulated
sessions reach the states that physics brings about; the walk reaches all that the code allows. So that it
comes to an end, it drops numbers that only measure something:

- **Clocks.** Before each tick every timer may show any time, independently of the others. When the code
  compares a timer with a limit, both answers are followed, as far as they are consistent (unknown.py).
- **Pressures.** Where a decision depends on a chamber's pressure, that pressure is far below, a little below,
  at, or above what it should be. Each case is followed, for each chamber by itself and anew in every tick, so
  a pressure may change from any of them to any other in 10 ms. What the regulator has learned stays as it was
  at the start: leads and speeds only move the limits that pressures and times are compared with, and both
  sides of these limits are followed anyway. For the same reason there is only one level; that a person asks
  for another while a chamber is held is followed as "the goal has changed".
- **Guards** may latch a fault in any tick, or rest any chambers, whatever they see. Real guards do less.
  Whether a chamber was seen empty, is fresh, or was open for long, is left open, too.
- **Buttons.** Any of them, together or alone, in any tick.

Everything else is kept exactly: the state of the session, block, stage, kept and rested chambers, every
chamber's phase, valves, pump, latch (machine.py lists what is dropped, and a test checks that no name there
is out of date). So the walk is complete for this abstraction. The abstraction allows more than real boots can
do: it is an over-approximation, and a law that holds here holds for real boots. For clocks, guards, buttons
and chambers seen empty that is so by construction. For pressures a few values stand for all; a test ties them
to the regulators' own limits. What the walk can't show is how long anything takes.
"""
