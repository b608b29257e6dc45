"""What no person, laptop or loss of power can do at the panel, whatever is pressed, in any order."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.session.questions import READ_LEAST_MS
from soleus.core.session.session import CHECKING, RUNNING, SERVICE
from soleus.panel.table import OFFER, RESUME
from soleus.panel.walk import Walk
from tests.core.fake_air import is_all_vent
from tests.panel.desk import STEP_MS, TAPS, Desk

BUTTONS = tuple(TAPS)
# What is done, and how long before: buttons, a laptop that answers the questions or is gone, a loss of power.
SINGLE = (*BUTTONS, "link", "link lost", "reset", "wait")
# Most people know the way, and some of them press too fast, or once too often.
PHRASES = (
    *((one,) for one in SINGLE),
    *(("start", *["louder"] * count, "start") for count in range(3, 7)),
    *(["louder"] * 4, ["louder", "louder", "softer", "start"], ["start", "start"], ["link", "start"]),
)
ACTS = st.tuples(st.sampled_from(PHRASES), st.sampled_from([20, 100, 600, 600, 600]))


class Oracle:
    """Counts answers by itself: presses of louder far enough apart, with nothing else between them."""

    def __init__(self) -> None:
        self.yes, self.since_ms, self.is_by_link = 0, 0, False

    def hear(self, what: str, passed_ms: int, place: str) -> None:
        self.since_ms += passed_ms
        if what == "start" and place == "question":
            # It answers none, and takes none back.
            return
        if what == "louder":
            if self.since_ms >= READ_LEAST_MS:
                self.yes, self.since_ms = self.yes + 1, 0
        elif what == "link":
            self.is_by_link = True
        elif what in BUTTONS or what == "reset":
            self.yes, self.since_ms, self.is_by_link = 0, 0, False
        elif what == "link lost":
            self.is_by_link = False


def act(desk: Desk, what: str) -> None:
    if what in TAPS:
        desk.step(TAPS[what])
    elif what == "link" and desk.is_at_rest():
        desk.answer_by_link()
    elif what == "link lost":
        desk.walk.lose_link()
    elif what == "reset":
        desk.reset()


@settings(max_examples=60, deadline=None)
@given(
    acts=st.lists(ACTS, max_size=20),
    completed=st.sampled_from([0, 5]),
    today=st.sampled_from([0, 2]),
    has_display=st.booleans(),
)
def test_nothing_starts_but_by_fresh_answers_and_a_press_at_the_machine(
    acts: list[tuple[Sequence[str], int]], completed: int, today: int, has_display: bool
) -> None:
    desk, oracle = Desk(completed, has_display, legs=2), Oracle()
    desk.today = today
    desk.reset()
    for what, after_ms in [(what, after_ms) for phrase, after_ms in acts for what in phrase]:
        desk.wait(after_ms)
        place = desk.place
        starts, may_start = desk.starts, oracle.yes >= 4 + (today >= 2) or oracle.is_by_link
        act(desk, what)
        if desk.starts > starts:
            assert what == "start"
            assert may_start
            assert desk.session.state == CHECKING
            is_gentle = desk.session.asked_pa == desk.session.most_pa
            assert is_gentle or completed >= 3 or desk.has_declined or oracle.is_by_link
        elif desk.is_at_rest():
            assert is_all_vent(desk.machine.controller.commands)
        oracle.hear(what, after_ms + STEP_MS, place)
        if desk.session.state in (CHECKING, RUNNING):
            # What was pressed on the way here was meant for the panel.
            oracle = Oracle()


@settings(max_examples=40, deadline=None)
@given(presses=st.lists(st.sampled_from(BUTTONS), min_size=4, max_size=30))
def test_no_way_of_choosing_goes_beyond_the_range_boost_included(presses: list[str]) -> None:
    """In the chooser, where most presses are worth something, up to the start."""
    desk = Desk(legs=2).press("louder", *presses, "stop")
    timeline = desk.machine.controller.sequencer.timeline
    highest_pa = desk.session.asked_pa + max(timeline.offset_pa)
    assert highest_pa <= desk.highest_allowed_pa()
    assert desk.session.most_pa + max(timeline.offset_pa) <= desk.highest_allowed_pa()
    assert desk.ranges[0] <= desk.session.duration_ms // 60_000 <= desk.ranges[1]


@settings(max_examples=40, deadline=None)
@given(presses=st.lists(st.sampled_from(BUTTONS), max_size=30))
def test_stop_leads_out_of_every_place_within_a_step(presses: list[str]) -> None:
    desk = Desk(completed=0).press(*presses)
    if not desk.is_at_rest():
        desk.step(TAPS["stop"])
        assert desk.session.state not in (CHECKING, RUNNING, SERVICE)
        return
    desk.step(TAPS["stop"])
    assert desk.walk.place in (OFFER, RESUME)


@settings(max_examples=40, deadline=None)
@given(taps=st.lists(st.integers(0, 15), max_size=40))
def test_two_buttons_at_once_do_nothing_that_one_of_them_would_not(taps: list[int]) -> None:
    """Yes and no together are a no, and stop wins over all."""
    desk = Desk().press("start")
    for tap in taps:
        before = desk.walk.questions.index
        desk.wait(600)
        walk: Walk = desk.walk
        place = walk.place
        desk.step(tap) if desk.is_at_rest() else None
        if place == walk.place and walk.questions.index > before:
            assert tap & TAPS["louder"]
            assert not tap & (TAPS["softer"] | TAPS["stop"])
        if not desk.is_at_rest():
            return
