"""What stays of the panel in memory: it opens a walk when a person comes, and closes it before a session.

Nothing else of the panel is there while anything is energised.
"""

import gc

from soleus.basics.annotations import Any
from soleus.basics.loading import load, unload
from soleus.core.basics.errors import SettingError
from soleus.core.basics.signals import BUTTON_SERVICE
from soleus.core.session.session import FAULT

# As in `table.py`: a program that is to be loaded.
LOAD = 0
# A wish that nobody has but a session that has ended.
ENDED = 4
# A check fill, of this kind: see `services/check_fill.py`.
CHECK = 5


class Front:
    def __init__(self, app: Any, kept: dict) -> None:
        self.app = app
        # Where a person is, at rest: see `walk.py`.
        self.walk = None
        self.taps_count = 0
        # What is to be done at the next rest: see `acts.py`.
        self.wish = None
        # What was left of the last session, the clock, and more that only `acts.py` and `facts.py` read.
        self.kept = kept

    def step(self, passed_ms: int, since_tap_ms: int) -> None:
        """`passed_ms`: since the last step, which may be long: the app has more to do. `since_tap_ms`: since
        the last press, which is judged by what was shown at its time."""
        app = self.app
        presses = app.presses
        taps = 0
        if presses and presses.taps_count != self.taps_count:
            self.taps_count = presses.taps_count
            taps = presses.taps
            # What a press leads to is shown from now on.
            passed_ms = max(passed_ms - since_tap_ms, 0)
        try:
            self._step(app, taps, passed_ms)
        except MemoryError:
            # A fragmented heap: the walk begins anew when there is room. Nothing starts late.
            self.drop()

    def _step(self, app: Any, taps: int, passed_ms: int) -> None:
        if not app.may_load():
            self.close()
        elif self.wish:
            self._fulfil(self.wish)
        elif app.controller.session.state == FAULT:
            self.close()
        elif self.walk or taps or app.screen:
            walk = self.walk
            if walk is None:
                walk = load("panel.facts").open_walk(self)
                if walk.place:
                    # Whoever pressed this button hadn't seen where it leads.
                    taps = 0
            walk.step(taps, passed_ms)
            self.wish = walk.wish
            if walk.is_stale:
                self.close()

    def drop(self) -> None:
        """Whatever was wished for, too: it was meant for what was there before."""
        self.close()
        if self.wish and self.wish[0] < ENDED:
            self.wish = None
            # A check fill has no session any more that would follow.
            self.kept.pop("taps", None)

    def close(self) -> None:
        if self.walk is None:
            return
        self.walk = None
        unload("panel.table")
        unload("panel.screens")
        unload("core.session.questions")
        # Now, while nothing is energised: it would hold a tick up.
        gc.collect()

    def _fulfil(self, wish: tuple) -> None:
        refused = None
        if wish[0] == CHECK:
            # With nothing else of a moment in memory: a laptop may have asked where somebody is.
            self.close()
            controller = self.app.controller
            controller.service = load(wish[1]).service_for(controller.boots)
            self.wish = None
            self.app.tick.press(BUTTON_SERVICE)
            return
        if wish[0] == LOAD:
            # Without the walk in memory: a program needs the room while it is checked.
            self.close()
            try:
                load("store.program_files").load_program(self.app, *wish[1])
            except SettingError as error:
                refused = error
        load("panel.acts").fulfil(self, wish, refused)
