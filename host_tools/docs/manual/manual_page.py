"""docs/manual.md: how to use the boots, with the panel's own table, and walks through it on a board."""

from host_tools.docs.manual.light_strip import no_display
from host_tools.docs.manual.panel_walks import WALKS, sheet, walked
from host_tools.output.page import Files, table
from soleus.panel.screens import (
    AWAKE_LINE,
    CLEAR_LINE,
    PAUSE_LINE,
    PLACES,
    SESSION,
    light_words,
    line_of,
    row_of,
)
from soleus.panel.table import DONE
from soleus.panel.words import AFTERWARDS, QUESTIONS, REASONS
from soleus.services.check_fill import lines_of

PAGE = "docs/manual.md"
PICTURES = "docs/img/manual"
# What a check fill can find, once each.
EVERYTHING_WRONG = {"found": [[0, code, 1] for code in range(1, 5)], "no_leg_bits": 1, "room_ml": [0]}

_TEXT = """\
# Manual

For whoever wears the boots: ten minutes to read. Legs may feel lighter afterwards; nothing here promises
more.

## Who must not

Not without a doctor's word: a known or suspected thrombosis, disease of the arteries, heart failure or
water in the lungs, an infection, open wounds, burns, ulcers, a recent graft or an eczema where the boots
go, loss of feeling, a pain that nobody has explained, one leg that is hot, red or swollen, an allergy to
the material, a pregnancy. [More on this](misuse.md).

## Put on

Sit or lie down, legs along the floor or up. Feet to the end of the boots, zips closed, no crease, and no
pinching behind the knee. Hoses without a kink. Be sure that you can open the zips by yourself. The plug,
or the battery's switch, within reach.

## The buttons

Four buttons, everywhere the same. On the display start/stop is written `>`.

| button | at rest | in a session |
| --- | --- | --- |
| `>` start/stop | goes on | ends it; held for a second, it pauses |
| `-` softer | looks back, or says no | softer, at once |
| `+` louder | looks on, or says yes | 5 mmHg more, once a whole cycle has shown the present level |
| stop | back to the beginning | lets all air out |

The last line of each screen says what they do now.

![From the offer to the first cycle, and stop.](img/manual/first-use.png)

## Check

Four questions, half a minute, before every session, each with an answer of its own:

{questions}

A third session on a day has one more: {one_more}

Any no ends it, and says why. Nothing leads past it but the first question again.

![A no to the second question.](img/manual/a-no.png)

The first three sessions are at the lowest level and for the shortest time. Who is used to such boots can
decline that once: `+`, then yes.

After start, with the boots on, the machine checks how they fit: 15 s of a little air, softer than any
session (up to 40 s where one sensor sees all chambers). Then it lets go and begins, if all is well. Otherwise
it says which chamber and what to do:

{fits}

Mend it, then `>` tries again: no questions, no switching off. A leg that it doesn't feel is a guess, and so
may be what it names a second time: then `+` starts anyway, and what doesn't fill is left out. A kinked or
swapped hose is no guess: air might not get out, or a sensor might watch another chamber. If a button is
pressed meanwhile, `>` is asked for once more; stop ends it. How large the legs are in these boots is shown
with *{done}*.

![A hose that is off: named, pushed on, tried again.](img/manual/check-fill.png)

## Choose

`-` or `+` at *{offer}*: for what, which program, for how long, how firm. Then, where the boots can do
that: a zone 10 mmHg firmer, a zone left out, one leg alone. What the boots can't do is refused, with the
reason. Programs that you used last come first. More pressure is not more recovery; nothing asks you for
more.

A board that measures its battery shows how long it lasts, and wants to be charged first if that is too
short for the session.

![A battery that is nearly empty.](img/manual/low-battery.png)

![A program, the calf firmer, the thigh left out.](img/manual/boost-and-leave-out.png)

## Feel

It begins softly. Firm, never painful: foot first, then up the leg, then everything lets go. **Tingling,
numbness, pain, anything electric: softer, or stop.** Both are one press away at any moment. **Short
breath, pain in the chest: stop, and call for help.** If a leg isn't let go within seconds, open the boot.

![Louder too early does nothing; softer always does.](img/manual/louder-and-softer.png)

The boots are not for sleeping in. Every session of more than 20 minutes, and at night the shortest, asks
for a sign of life on the way: `{awake}`, with light and sound. Any button is one. Without one it ends by
itself, and an hour is the most.

![Nobody answered.](img/manual/asleep.png)

## Stop, and go on

A stop, a pause of more than ten minutes, a cleared fault or a loss of power leaves a rest. For an hour it
is offered, after the questions and from a soft start. The machine has no clock of its own: whoever switches
it off after a stop, or loses the power, is offered the rest at the next start, once, for an hour from there.
Where a laptop tells the time before and after, the hour is that of the stop.

![Stopped, and gone on with.](img/manual/stop-and-go-on.png)

![The power was lost.](img/manual/power-cut.png)

A fault lets all air out and says what happened, what to look at, and which chamber is not known to be
empty: open that boot. It is cleared at the machine, once no pressure is left: start/stop and stop
together for three seconds.

![A sensor's plug was pulled.](img/manual/fault-and-clearing.png)

## After

{afterwards}. Redness that stays, or the mark of a seam: leave out the next session. The display says how
many sessions the last seven days had. It counts by a laptop's calendar (`soleus ask panel` sets it), or
else since the machine was switched on.

## Clean

Off and unplugged. Inside and out with a damp cloth and mild soap, nothing into the hoses, dry before the
next session.

## All screens

{screens}

In a session, the last line by turns also says `{pause}`:

{session}

In a fault: `{clear}`.

## Without a display

The same by light and sound, with the program that a laptop has loaded or that was set. Start/stop begins
the questions: the lamp blinks yellow, and as many beeps as the question's number say which one; `+` is
yes, `-` is no. Red: a no, or a battery that is empty. Blinking green: start/stop starts. In the first
three sessions a steady yellow comes before: start/stop takes the gentle way, `+` then yes declines it.
After a stop any button asks what to do with the rest: steady blue, start/stop takes it, `-` leaves it. In a
session: blue works, yellow is paused, blinking yellow with a beep asks for a sign of life, blinking red is a
fault.

![Lamp and tones of a first session; above them what is pressed.](img/manual/no-display.png)

A laptop does all of it, too: `soleus ask panel` says what the machine shows, `soleus ask start` asks the
questions in the terminal; the start is a press at the machine.
"""


def manual_page() -> Files:
    """The page, and a picture for each walk: half a minute of a virtual board."""
    pictures = {f"{PICTURES}/{name}.png": sheet(walked(name)) for name in WALKS}
    pictures[f"{PICTURES}/no-display.png"] = no_display()
    return {PAGE: text().encode(), **pictures}


def text() -> str:
    *questions, one_more = (f"{question} No: {why}" for question, why in zip(QUESTIONS, REASONS, strict=True))
    return _TEXT.format(
        questions="\n".join(f"{number}. {question}" for number, question in enumerate(questions, start=1)),
        one_more=one_more,
        fits="\n".join(f"- {line}" for line in lines_of(EVERYTHING_WRONG, ["left.calf", "right.calf"])),
        done=row_of(PLACES[DONE])[1],
        offer=row_of(PLACES[0])[1],
        awake=AWAKE_LINE,
        afterwards=", ".join(word[0].lower() + word[1:] if n else word for n, word in enumerate(AFTERWARDS)),
        screens=_screens(),
        pause=PAUSE_LINE,
        session=_session(),
        clear=CLEAR_LINE,
    )


def _screens() -> str:
    rows = [
        [row[1], f"`{line_of(row)}`", row[5] or "-", light_words(place)]
        for place, row in enumerate(map(row_of, PLACES))
    ]
    return _left(table(["screen", "last line", "stop", "light"], rows))


def _session() -> str:
    rows = [[row[0], f"`{line_of(row)}`" if line_of(row) else "-"] for row in map(row_of, SESSION.values())]
    return _left(table(["state", "last line"], rows))


def _left(markdown: str) -> str:
    """Words, not numbers: aligned to the left."""
    return markdown.replace("---:", "---").rstrip()
