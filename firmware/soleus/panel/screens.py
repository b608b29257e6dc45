"""Every screen of the panel: its name, its heading, and what each button does there. The manual shows it.

The words of the buttons make up a screen's last line, so they are short; "" does nothing. Light and sound
stand in `table.py`. Loaded at rest, where there is a display or a laptop asks.
"""

from soleus.core.session.session import CHECKING, FAULT, PAUSED, RUNNING, SERVICE, VENTING
from soleus.panel.table import BEEPS, BLINKS, LIGHTS

# Name, heading, what start/stop, softer, louder and stop do; in the order of the places in `table.py`. A row
# is one text: a chip keeps short ones for good.
PLACES = (
    "offer    | Ready to go      | go    | other | other |",
    "need     | What for?        | ok    | look  | look  | back",
    "program  | Which one?       | ok    | look  | look  | back",
    "minutes  | How long?        | ok    | less  | more  | back",
    "pressure | How firm?        | ok    | less  | more  | back",
    "boost    | A zone firmer?   | ok    | look  | look  | back",
    "without  | Leave one out?   | ok    | look  | look  | back",
    "legs     | Which legs?      | ok    | look  | look  | back",
    "gentle   | Gently at first  | ok    |       | mine  | back",
    "own      | Used to boots?   |       | no    | yes   | back",
    "question | Before you start |       | no    | yes   | back",
    "refused  | No session now   | ok    |       |       | back",
    "ready    | Boots on, sit.   | start | no    |       | back",
    "charge   | Charge first     | ok    |       |       | back",
    "cannot   | Not possible     | ok    |       |       | back",
    "done     | Done. Now:       | ok    |       |       | back",
    "resume   | Go on with it?   | go on | no    |       | no",
    "mend     | Please mend      | again | no    |       | back",
    "unsure   | Start anyway?    | again | no    | yes   | back",
    "fits     | Boots fit        | start | no    |       | back",
)
# In a session: its name, and the same. One that asks for a sign of life is running.
SESSION = {
    CHECKING: "check    |                  | end   | soft  |       | end",
    RUNNING: "running  |                  | end   | soft  | firm  | end",
    PAUSED: "paused   |                  | go on | soft  |       | end",
    VENTING: "emptying |                  |       |       |       |",
    FAULT: "fault    |                  |       |       |       |",
    SERVICE: "service  |                  | end   |       |       | end",
}
AWAKE_LINE = "Awake? Press any"
PAUSE_LINE = "hold >: pause"
CLEAR_LINE = "clear: > + stop"
COLOURS = "off red green yellow blue"
NUMBER_BEEPS = "as many beeps as its number"


def session_lines() -> tuple:
    """The last lines for each of the core's states; for a running one, what it says by turns; awake?"""
    lines = {state: line_of(row_of(SESSION[state])) for state in SESSION}
    lines[FAULT] = CLEAR_LINE
    return lines, PAUSE_LINE, AWAKE_LINE


def row_of(text: str) -> list:
    """The words of a row."""
    return [word.strip() for word in text.split("|")]


def line_of(row: list) -> str:
    """A screen's last line, what the buttons do now: `>` is start/stop."""
    start, softer, louder = row[2:5]
    words = []
    if softer and softer == louder:
        words.append("-+" + softer)
    else:
        words += ["-" + softer] if softer else []
        words += ["+" + louder] if louder else []
    words += [">" + start] if start else []
    return " ".join(words)


def as_table(place: int) -> dict:
    """A place as the console link tells it."""
    name, heading, start, softer, louder, stop = row_of(PLACES[place])
    buttons = {"start_stop": start, "softer": softer, "louder": louder, "stop": stop}
    return {
        "screen": name,
        "heading": heading,
        "buttons": {button: buttons[button] for button in buttons if buttons[button]},
        "light": light_words(place),
    }


def light_words(place: int) -> str:
    light = LIGHTS[place]
    words = COLOURS.split()[light & ~BLINKS] + (", blinks" if light & BLINKS else "")
    return words + (", " + NUMBER_BEEPS if BEEPS[place] else "")
