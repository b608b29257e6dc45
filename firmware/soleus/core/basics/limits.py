"""Every limit that keeps a leg safe, each in this one place with its reason.

Guards, validators, the host and the docs take them from here. Sources are marked as in
docs/safety.md: [S] found in a source, [D] derived, [G] general knowledge.
"""

from soleus.core.basics.units import pa_from_mmhg

# --- what a person may ask for ---
# Usual machines reach 110 mmHg; a board may allow up to 120, none may go beyond.
TARGET_LEAST_PA = pa_from_mmhg(10)
TARGET_MOST_PA = pa_from_mmhg(120)
TARGET_DEFAULT_MOST_PA = pa_from_mmhg(110)
# What a person feels as too much must be one press away from less, always: softer goes below a
# program's own range, down to the gentlest that any source uses. Firmer stays within the range.
SOFTEST_PA = pa_from_mmhg(20)
# Firmer and softer are small steps: coarse ones are a common complaint about such machines.
LEVEL_STEP_PA = pa_from_mmhg(5)
# "Too firm too soon" is the other one: the first cycle shows the leg 60 % of what was asked for.
SOFT_START_PERMILLE = 600
SOFT_START_LEAST_PA = pa_from_mmhg(20)

# --- overpressure ---
# Tourniquets alarm beyond 15 mmHg from the set pressure for 1 s [S].
OVER_TARGET_PA = pa_from_mmhg(15)
OVER_TARGET_MS = 1000
# A pump makes a reading dip with each stroke, ten to forty times a second: only one that stays below for
# longer starts the second anew.
OVER_TARGET_DIP_MS = 100
# Above every target with its margin, below a relief valve at 140-160 mmHg. Two samples, not one:
# a single spike of a noisy converter is not a pressure.
OVER_TRIP_PA = pa_from_mmhg(135)
OVER_TRIP_SAMPLES = 2
# A manifold is stiff (51 mmHg in 10 ms at 10 L/min [D]): its sensor sees valve clicks as spikes
# that no chamber feels, so it must stay high for longer.
OVER_TRIP_MANIFOLD_SAMPLES = 10

# --- sensors ---
# Before zeroing a good sensor is within 2.5 % of 50 kPa, about 9.4 mmHg [G].
ZERO_MOST_PA = pa_from_mmhg(10)
# An unplugged ratiometric sensor reads -5.5 % of its range: -17 mmHg for a 40 kPa part [D].
READING_LEAST_PA = pa_from_mmhg(-14)
READING_MOST_PA = pa_from_mmhg(280)
READING_BAD_MS = 50

# A working sensor has noise: the same value for so long, while air moves, is no reading.
STUCK_MS = 200
# While a chamber is joined, what its sensor and the manifold's say of the air is looked at so often.
LOOK_EVERY_MS = 100
# A valve that opens makes one such jump between two ticks, not several within a few of them.
JUMP_PA = pa_from_mmhg(30)
JUMP_COUNT = 3
JUMP_WINDOW_MS = 60
ZERO_DRIFT_MOST_PA = pa_from_mmhg(6)
# Longer than READING_BAD_MS: an unplugged sensor is reported as out of its range, and not as drifting.
ZERO_DRIFT_MS = 150
# Two sensors on the same air.
DISAGREE_PA = pa_from_mmhg(8)
DISAGREE_MS = 200
# The manifold's sensor and that of the chamber joined to it, at rest: their gains are off by 1 % each, their
# zeros by less than 1 mmHg [D]. One look may come while a leg moves, so it takes two; but not when they are
# further apart than any leg could bring them.
APART_PA = pa_from_mmhg(3)
APART_PERMILLE = 80
FAR_APART_PA = pa_from_mmhg(20)
APART_MS = 300
# What flows through the valves, by what both sensors show, beside the pump's whole flow.
FLOW_MOST_PERMILLE = 1180

# --- prolonged pressure ---
PRESSED_PA = pa_from_mmhg(15)
PRESSED_MOST_MS = 180_000
# The sequencer releases the leg before the guard trips: at the first quiet moment after 150 s, and at 165 s
# in any case.
CYCLE_PRESSED_MOST_MS = 150_000
CYCLE_PRESSED_LAST_MS = 165_000

# --- venting ---
VENTED_PA = pa_from_mmhg(10)
VENT_MOST_MS = 5000
# A resting manifold that loses more to an open chamber than this got its air from elsewhere.
VENT_FED_PA = pa_from_mmhg(3)
# Where no sensor sees an open chamber, it counts as empty after this time: twice as long as the slowest vent
# takes that isn't a fault.
UNSEEN_EMPTY_MS = 10_000

# --- filling ---
# A weak pump takes about 20 s for the largest chamber alone; chambers filled side by side share its time.
FILL_MOST_MS = 45_000

# A chamber that doesn't fill may have a fault of its own. But air that flows adds 3 to 11 mmHg to a reading
# [D]: when two chambers in a row show less than that, with none filled between them, the pump is to blame.
NO_AIR_PA = pa_from_mmhg(3)
NO_AIR_COUNT = 2
# Once a chamber has been filled, a later fill may take twice as long, and this much more.
FILL_LEARNED_EXTRA_MS = 5000
# What a chamber may cost to hold, after it has settled: valves and seams of a tired machine cost some
# hundredths of the pump [D]; a seam that has opened costs more than a tenth.
LEAK_MOST_PERMILLE = 70
LEAK_HELD_MS = 10_000
LEAK_COUNT = 3
# When a chamber loses so much of its target while it settles, the air never got beyond the valve.
COLLAPSE_PERMILLE = 600
COLLAPSE_COUNT = 3
# A sensor on the manifold shows what valve and hose take as well: up to 20 mmHg at a throttled pump [D].
# A low target is "reached" by that alone, and lost again as soon as the air stands still.
COLLAPSE_MANIFOLD_PA = pa_from_mmhg(25)
RISES_PA = pa_from_mmhg(15)
RISES_MS = 200
# Between 200 and 300 ms after a stop a rotor brings less than this, and in every 100 ms after that nothing.
# A leg that moves brings as much, but for 400 ms at most: it can't fill five such spans in a row.
RUNAWAY_RISE_PA = pa_from_mmhg(2) + pa_from_mmhg(1) // 2
RUNAWAY_COUNT = 5
RUNAWAY_MANIFOLD_PA = pa_from_mmhg(15)
RUNAWAY_MANIFOLD_MS = 100

# --- supply ---
SUPPLY_LOW_MS = 2000

# --- time ---
TICK_MS = 10
# Overpressure must be answered within 100 ms, so a tick may not be missed for longer than this.
TICK_MOST_MS = 60
# With every vent open and the pump off no pressure can build up: the time to write the flash, which stops
# the chip.
TICK_VENTED_MOST_MS = 3000
# A clock may be read twice within a millisecond once in a while, not for a tenth of a second.
STILL_TICKS_MOST = 10
# No source runs longer than an hour.
SESSION_MOST_MINUTES = 60
SESSION_CAP_MS = 61 * 60_000
# For so long the machine asks for a press, before it ends a session for lack of one.
ASK_FOR_PRESENCE_MS = 60_000
# A session that is longer than the first asks for one, whatever its program says: the boots are not for
# sleeping in (D). Somebody who presses nothing for the second is asked, while at least the third is left.
PRESENCE_AFTER_MINUTES = 20
PRESENCE_MINUTES = 15
PRESENCE_LEFT_MINUTES = 2
# --- service ---
# A bench that is silent for so long is gone, and everything vents.
SERVICE_SILENT_MOST_MS = 1000
# Long enough to watch a leak, and over before the guard of prolonged pressure.
SERVICE_ACT_MOST_MS = 150_000

# --- check fill ---
# Before a session: nobody waits longer with the boots on.
CHECK_FILL_MOST_MS = 15_000

# A pause that lasts longer ends the session.
PAUSE_MOST_MS = 10 * 60_000
