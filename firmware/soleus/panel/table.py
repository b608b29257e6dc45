"""Where a person can be at rest, as numbers: all that every board needs. `screens.py` has the words."""

from soleus.basics.colours import BLUE, GREEN, RED, YELLOW

OFFER = 0
NEED = 1
PROGRAM = 2
MINUTES = 3
PRESSURE = 4
BOOST = 5
WITHOUT = 6
LEGS = 7
GENTLE = 8
OWN = 9
QUESTION = 10
REFUSED = 11
READY = 12
CHARGE = 13
CANNOT = 14
DONE = 15
RESUME = 16
# After a check fill: something is to be mended, may be gone on with, or the boots fit.
MEND = 17
UNSURE = 18
FITS = 19

# Buttons that were pressed anew.
TAP_START = 1
TAP_SOFTER = 2
TAP_LOUDER = 4
TAP_STOP = 8

# What a person wishes: a program of these minutes and mmHg with these changes, then a place; and so on.
LOAD = 0
START = 1
DECLINE = 2
FORGET = 3

# When nobody has pressed anything for so long, what is known is asked for anew: the battery, the day.
RENEW_MS = 60_000

# A light that blinks calls a person.
BLINKS = 8
# For each place.
LIGHTS = (
    (
        GREEN,
        GREEN,
        GREEN,
        GREEN,
        GREEN,
        GREEN,
        GREEN,
        GREEN,
        YELLOW,
        YELLOW | BLINKS,
        YELLOW | BLINKS,
    )
    + ((RED, GREEN | BLINKS, RED, YELLOW, GREEN, BLUE))
    + ((RED | BLINKS, YELLOW | BLINKS, GREEN | BLINKS))
)
# A question beeps as often as its number says: so it is known without a display.
BEEPS = tuple([place == QUESTION for place in range(len(LIGHTS))])
