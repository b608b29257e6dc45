"""Walks every discrete state that the core can get into, with readings, clocks and people at their worst.

It runs the core's own code, tick by tick, and looks at the commands of every tick. Tests and simulated
sessions meet the states that physics brings about; this meets all that the code allows. To have an end,
it forgets what only measures:

- **Clocks.** Before each tick every timer may show any time at all, each on its own. When the code
  compares one with a limit, both answers are followed, as far as they go together (unknown.py).
- **Pressures.** Where a decision depends on a chamber's pressure, it is far below, a little below, at, or
  above where it should be; each is followed, for each chamber on its own and in every tick anew, so a
  pressure may go from any of them to any other in 10 ms. What the regulator has learned is what it was at
  the start: leads and speeds only move the limits that pressures and times are compared with, and both
  sides of these limits are followed anyway. For the same reason there is one pressure to ask for; that a
  person asks for another one while a chamber is held is followed as "the goal has changed".
- **Guards** may latch a fault in any tick, or rest any chambers, whatever they see: whatever real guards
  do is among that. Whether a chamber has been seen empty, is fresh, or was open for long, is open, too.
- **Buttons.** Any of them, together or alone, in any tick.

Everything else is kept exactly: the state of the session, block, stage, kept and rested chambers, every
chamber's phase, valves, pump, latch (machine.py says what is forgotten, and a test that no name there is
stale). So the walk is complete for this abstraction, and the abstraction lets more happen than real boots
can: it is an over-approximation, and what holds here holds there. Clocks, guards, buttons and what was
seen empty are so by construction. For pressures it rests on a few standing for all, which a test ties to
the regulators' own limits. What the walk can't show is how long anything takes.
"""
