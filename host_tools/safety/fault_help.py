"""Help for every fault: the console, the command line, the report and the docs take it from here.

It stays on the laptop; a board gets `advice.txt`, which is made from it. For each code: what happened, how
the machine knows, what to look at, and how to clear it. A fault that ended the session must also be cleared
by a person: `CLEARING`.
"""

from soleus.core.basics import fault_table, faults

WHAT = ("what happened", "how the machine knows", "what to look at", "how to clear it")
HAPPENED, KNOWN_BY, LOOK_AT, CLEAR = range(len(WHAT))

CLEARING = "Once the pressure is gone and 10 s are over, hold start/stop and stop together for 3 s."

ABOUT = {
    "E01": (
        "A chamber stood well above its target.",
        "Its sensor read more than 15 mmHg above the target for 1 s.",
        "Does its vent open freely? Does the fill valve close? Does anybody lean on the boot?",
        "Lie still, and start at a lower level.",
    ),
    "E02": (
        "A pressure went beyond what any program may ask for.",
        "A sensor read more than 135 mmHg: twice in a row, through the manifold ten times.",
        "Look for a kinked hose, a shut valve, a pump that doesn't stop. Have the relief valve checked.",
        "Not before the cause is found and a run with empty boots went well.",
    ),
    "E03": (
        "A chamber was under pressure for three minutes on end.",
        "It was kept, and in all that time never seen below 15 mmHg.",
        "Take the boot off. Have its vent and its hose checked, and report it with the log.",
        "Not before the chamber lets go of its air by itself.",
    ),
    "E11": (
        "A sensor reads what no pressure can make it read.",
        "For 50 ms it read below -14 or above 280 mmHg.",
        "Check its plug, its cable and its supply.",
        "Plug it in firmly; replace it if it comes again.",
    ),
    "E12": (
        "A sensor doesn't answer.",
        "For 50 ms there was no reading, and an old one is never used in its place.",
        "Check its cable, and its place on the multiplexer.",
        "Plug it in firmly; `self_test` must find it.",
    ),
    "E13": (
        "A sensor isn't at zero with the vents open.",
        "At the start it read beyond 10 mmHg, or later an open chamber below -6.",
        "Lie still. Look whether air is trapped in the boot, and check the sensor's plug.",
        "Empty the boots; if it comes again, calibrate or replace the sensor.",
    ),
    "E14": (
        "A sensor doesn't move while air does.",
        "It read the very same value for 200 ms of filling or venting; noise alone would change it.",
        "Check its tube and its plug.",
        "Once its reading moves when you press the boot by hand.",
    ),
    "E15": (
        "A sensor is noisy, or jumps about as no air can.",
        "It jumped by more than 30 mmHg to and fro, three times; or at the start by 6 all the time.",
        "Check its plug, and keep its cable away from the pump's. A valve that sticks can do the same.",
        "Once its reading is calm with the pump running.",
    ),
    "E16": (
        "The sensors of joined chambers disagree.",
        "On the same resting air they were more than 8 mmHg apart for 200 ms; the one furthest off is named.",
        "Compare the sensors, and look for a kinked hose.",
        "Calibrate them; replace the one that is off.",
    ),
    "E17": (
        "The sensor of a chamber and the one on the manifold contradict each other.",
        "At rest they were more than 3 mmHg and 8 % apart, or in a fill further than the flow explains.",
        "Has a tube slipped off, or is it pinched? Does the fill valve click? Then the bench's `accuracy`.",
        "Calibrate it; replace it if it comes again.",
    ),
    "E21": (
        "A chamber takes air without filling.",
        "It had the pump for twice its longest fill and 5 s more; 45 s if it was never full.",
        "Close its zip, put the boot on, check its hose. Does the pump run, and its fill valve click?",
        "A new session takes the chamber in again.",
    ),
    "E22": (
        "Air doesn't get from the valve into a chamber.",
        "Three fills in a row lost most of their pressure as soon as the valve closed.",
        "Look for a kinked or blocked hose. Behind it the leg may still be pressed: open the boot.",
        "Once the hose is straight.",
    ),
    "E23": (
        "A chamber leaks.",
        "To hold its pressure took more than a tenth of the pump, three cycles in a row.",
        "Check its hose, its plug and its seams.",
        "A new session takes the chamber in again.",
    ),
    "E31": (
        "A chamber keeps its pressure with the vent open.",
        "After 5 s of venting it still had 10 mmHg or more.",
        "Open the boot by hand. Look for a kinked hose, then for a vent that sticks.",
        "Not before the chamber empties by itself.",
    ),
    "E32": (
        "An open, empty chamber came under pressure.",
        "Its sensor read above 15 mmHg for 200 ms, 2 s or more after it was let go.",
        "Its fill valve doesn't close: have it cleaned or replaced.",
        "Not before that valve closes.",
    ),
    "E41": (
        "The controller was busy for too long.",
        "60 ms without a tick under pressure, or 3 s with everything open.",
        "Nothing on the boots. Note what else the controller was doing.",
        "Start again; if it repeats, report it with the log.",
    ),
    "E42": (
        "The boots ran longer than any session may.",
        "A count of its own reached 61 minutes.",
        "Nothing on the boots: the firmware failed to end a session. Report it with the log.",
        "Have a break, then start again.",
    ),
    "E43": (
        "The controller's clock stands still.",
        "Ten ticks in a row came with no time between them, so no limit in time can be kept.",
        "Nothing on the boots.",
        "Switch off and on; if it repeats, replace the controller.",
    ),
    "E51": (
        "The pump runs when told not to.",
        "The pressure went on rising for half a second after a stop, or in a manifold at rest.",
        "Unplug it: its transistor is probably shorted. Did the leg move all the time?",
        "Not before the pump stays silent when it should.",
    ),
    "E52": (
        "The pump fills no chamber.",
        "Two chambers in a row had it for long, without a trace of air or one after the other alone.",
        "Does it run? Check its plug, its supply, its hose. A fill valve that sticks open does the same.",
        "Once the pump is heard and felt to blow.",
    ),
    "E61": (
        "The supply is too low.",
        "For 2 s it gave less than the board asks for.",
        "Charge the battery, or check the adapter and its plug.",
        "With a charged battery.",
    ),
}


def advice(code: str) -> str:
    """One line for a screen or the console: what happened, and what to look at."""
    about = ABOUT.get(code)
    return about[HAPPENED] + " " + about[LOOK_AT] if about else ""


def how_to_clear(code: str) -> str:
    """A rested chamber needs only a new session."""
    last = ABOUT[code][CLEAR]
    is_rested = code in [fault_table.TABLE[row][0] for row in faults.RESTED]
    return last if is_rested else last + " " + CLEARING
