"""The walk of a person to a session: from what is offered through the questions to the start.

Pure: it is told which buttons were pressed anew, and says where the person is and what they wish. What a wish
takes (a program from the flash, a press of the core's start) is done by `acts.py`. Loaded at rest, and
unloaded before a session.
"""

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load
from soleus.core.session.questions import COUNT, NOTHING, Questions
from soleus.panel.table import (
    BEEPS,
    CANNOT,
    CHARGE,
    DECLINE,
    DONE,
    FITS,
    FORGET,
    GENTLE,
    LEGS,
    LIGHTS,
    LOAD,
    MEND,
    NEED,
    OFFER,
    OWN,
    QUESTION,
    READY,
    REFUSED,
    RENEW_MS,
    RESUME,
    START,
    TAP_LOUDER,
    TAP_SOFTER,
    TAP_START,
    TAP_STOP,
    UNSURE,
)

# Somebody else may stand here by then.
READY_MOST_MS = 120_000


class Walk:
    def __init__(self, facts: Any, place: int = OFFER) -> None:
        """`facts` is what is known at rest: see `facts.py`."""
        self.facts = facts
        self.questions = Questions(COUNT + facts.needs_one_more)
        self.place = place
        self.place_ms = 0
        self.wish = None
        # Nobody has pressed anything for a while, and what is known may have changed.
        self.is_stale = False
        # Why something isn't possible, and where a person goes on from there.
        self.reason = ""
        self.back_to = OFFER
        self.is_led_by_link = False
        # A laptop may ask for a session without one.
        self.check_fill = True
        # What the chooser has chosen so far; it is loaded when it is needed.
        self.choice = None
        self.chooser = None
        # What draws it, and its words, where there is a display.
        self.pages = self.words = None

    def step(self, taps: int, dt_ms: int) -> None:
        """`taps`: the buttons that were pressed anew since the last step."""
        self.place_ms += dt_ms
        place = self.place
        self.is_stale = place == OFFER and self.place_ms >= RENEW_MS
        if taps & TAP_STOP:
            self._stop()
        elif place == QUESTION:
            self._question(taps, dt_ms)
        elif place == READY:
            self._ready(taps)
        elif place >= MEND:
            self._fit(taps)
        elif taps:
            self._press(taps)

    def _press(self, taps: int) -> None:
        place = self.place
        if NEED <= place <= LEGS:
            self.chooser_loaded().press(self, taps)
        elif place == OFFER:
            self._offer(taps)
        elif place == GENTLE:
            self._gentle(taps)
        elif place == OWN:
            self._own(taps)
        elif place == RESUME:
            self._resume(taps)
        elif taps & TAP_START:
            self.go(self.back_to if place == CANNOT else OFFER)

    def go(self, place: int) -> None:
        self.place = place
        self.place_ms = 0
        if place == OFFER:
            self.is_led_by_link = False
            self.check_fill = True
            self.back_to = OFFER

    def load(self, program: str, minutes: int, mmhg: int, changes: "dict | None", place: int) -> None:
        """Wishes for this program, and to go on at that place."""
        self.wish = (LOAD, (program, minutes, mmhg, changes), place, self.choice, self.is_led_by_link)

    def lose_link(self) -> None:
        if self.is_led_by_link:
            self.go(OFFER)

    def refuse(self, reason: str, back_to: int) -> None:
        self.reason = reason
        self.go(CANNOT)
        self.back_to = back_to

    def light(self) -> int:
        return LIGHTS[self.place]

    def beeps(self) -> int:
        return self.questions.index + 1 if BEEPS[self.place] else 0

    def _stop(self) -> None:
        """Stop leads out of everything, and back to the start of it all."""
        if self.place == RESUME:
            self.wish = (FORGET,)
        self.go(OFFER)

    def _offer(self, taps: int) -> None:
        facts = self.facts
        if taps & TAP_START:
            if not facts.program:
                self.refuse("no program", OFFER)
            elif facts.is_flat:
                self.go(CHARGE)
            elif facts.is_gentle_due and not facts.is_gentle:
                self.go(GENTLE)
            elif "left" in facts.changes:
                # Only where it is offered is it a part of another session.
                self.load(facts.program, 0, 0, facts.whole, QUESTION)
            else:
                self.ask()
        elif taps & (TAP_SOFTER | TAP_LOUDER) and facts.has_display:
            self.choice = None
            self.go(NEED)

    def ask(self) -> None:
        """Nothing but this leads to the start, and it begins with the first question."""
        self.questions.begin()
        self.go(QUESTION)

    def _question(self, taps: int, dt_ms: int) -> None:
        questions = self.questions
        index = questions.index
        questions.step(bool(taps & TAP_LOUDER), bool(taps & TAP_SOFTER), dt_ms)
        if questions.refused != NOTHING:
            self.go(REFUSED)
        elif questions.is_answered():
            self.go(READY)
        elif questions.index < index:
            # Nobody answered: from the start again.
            self.go(OFFER)

    def _ready(self, taps: int) -> None:
        if taps & TAP_START and self.questions.is_answered():
            self.wish = (START, self.is_led_by_link, not self.check_fill)
        elif taps & TAP_SOFTER or self.place_ms >= READY_MOST_MS:
            self.questions.begin()
            self.go(OFFER)

    def _fit(self, taps: int) -> None:
        """After a check fill. The questions hold for as long as somebody may stand here."""
        if taps & TAP_START:
            self.wish = (START, False, self.place == FITS)
        elif taps & TAP_LOUDER and self.place == UNSURE:
            self.wish = (START, False, True)
        elif taps & TAP_SOFTER or self.place_ms >= READY_MOST_MS:
            self.go(OFFER)

    def _gentle(self, taps: int) -> None:
        if taps & TAP_START:
            self.load(self.facts.program, 0, 0, {"gentle": True}, QUESTION)
        elif taps & TAP_LOUDER:
            self.go(OWN)

    def _own(self, taps: int) -> None:
        """Declined once, on purpose, and for good."""
        if taps & TAP_SOFTER:
            self.go(GENTLE)
        elif taps & TAP_LOUDER:
            self.facts.is_gentle_due = False
            self.wish = (DECLINE,)
            self.ask()

    def _resume(self, taps: int) -> None:
        left = self.facts.left
        if taps & TAP_START:
            self.load(left["program"], left["minutes"], left["mmhg"], left["changes"], QUESTION)
        elif taps & TAP_SOFTER:
            self.wish = (FORGET,)
            self.go(OFFER)

    def chooser_loaded(self) -> Any:
        if self.chooser is None:
            self.chooser = load("panel.choose")
        return self.chooser

    def draw(self, canvas: Any, lines_of: Callable) -> None:
        """`lines_of` breaks a text into lines of so many letters."""
        if self.pages is None:
            self.pages = load("panel.pages")
        self.pages.draw_page(canvas, self, lines_of)


def first_place(facts: Any) -> int:
    """Where a person begins who comes to the machine now."""
    if facts.left:
        return RESUME
    return DONE if facts.has_just_ended else OFFER
