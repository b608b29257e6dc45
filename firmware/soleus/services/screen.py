"""The display: draws what a person wants to see, with framebuf's methods, on 128 x 64 dots.

Time left and level in big words, the legs as columns of chambers, foot at the bottom: an outline for
each, filled as high as its pressure, with a bar across it while air is pumped in. A fault takes the whole
screen: what happened, what to look at, and how to clear it, one after the other. A chamber that is still
pressed comes before all that.
"""

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.loading import load, load_to_stay
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.controller import Controller
from soleus.core.regulate.regulation import COAST, DOSE, FILL
from soleus.core.session.session import CHECKING, DONE, FAULT, IDLE, PAUSED, RUNNING, STATE_NAMES
from soleus.drivers.panel.display import Display
from soleus.services.fault_place import fault_place

_WIDTH = const(128)
_HEIGHT = const(64)
_LETTER = const(8)
_LEG_WIDTH = const(18)
_LEG_GAP = const(4)
_LINE = const(9)
# Less is hardly felt. One sensor on the manifold shows an open chamber for a moment only.
_LITTLE_PA = const(400)
_SHOWN_LATELY_MS = const(5000)


class Screen:
    """Shows a page at a time: the link must not wait for a whole picture."""

    def __init__(self, app: Any, table: dict) -> None:
        self.app = app
        self.display = Display(table, app.parts.i2c)
        self.page = 0
        self.fault = None

    def step(self) -> None:
        """With the first page comes a new picture."""
        app = self.app
        display = self.display
        if self.page == 0:
            self.fault = self._fault_to_show()
            draw(display, app.controller, app.program_id, self.fault, app.lost_session)
        display.show_page(self.page)
        self.page = (self.page + 1) % display.pages

    def _fault_to_show(self) -> "tuple | None":
        """When it came, its row of the table, its place and its help: looked up once, however long it is
        shown."""
        controller = self.app.controller
        latch = controller.latch
        if controller.session.state != FAULT:
            return None
        if self.fault and self.fault[0] == latch.at_ms:
            return self.fault
        row = load("core.basics.fault_table").TABLE[latch.code]
        advice = load("services.advice").advice(row[0])
        draw_fault = load_to_stay("services.fault_screen").draw_fault
        return (latch.at_ms, row, fault_place(controller, latch.chamber_index), advice, draw_fault)


def draw(
    canvas: Any, controller: Controller, title: str, fault: "tuple | None", lost_session: "dict | None"
) -> None:
    """`fault`, if there is one: when it came, its row of the table, its place, help, and what draws it."""
    canvas.fill(0)
    if fault:
        fault[4](canvas, controller, fault, _lines)
        return
    _draw_words(canvas, controller, title, lost_session)
    for leg in range(controller.boots.legs):
        _draw_leg(canvas, controller, leg)


def minutes_left(controller: Controller) -> str:
    session = controller.session
    left_s = max(session.duration_ms - session.run_ms, 0) // 1000
    return "{}:{:02d}".format(left_s // 60, left_s % 60)


def _draw_words(canvas: Any, controller: Controller, title: str, lost_session: "dict | None") -> None:
    session = controller.session
    canvas.text(_state_word(controller, lost_session), 0, 0)
    if session.state in (IDLE, CHECKING, RUNNING, PAUSED):
        _draw_big(canvas, minutes_left(controller), 0, 12)
        canvas.text("{} mmHg".format(mmhg_from_pa(session.asked_pa)), 0, 32)
    letters = (_WIDTH - controller.boots.legs * (_LEG_WIDTH + _LEG_GAP)) // _LETTER
    lines = _lines(title.replace("-", "- "), letters)
    for number, line in enumerate(lines[:2]):
        canvas.text(line.replace("- ", "-")[:letters], 0, _HEIGHT - _LINE * (min(len(lines), 2) - number))


def _state_word(controller: Controller, lost_session: "dict | None") -> str:
    state = controller.session.state
    if state == IDLE and lost_session:
        return "power cut"
    if state == DONE and _is_still_felt(controller):
        return "emptying"
    return STATE_NAMES[state]


def _is_still_felt(controller: Controller) -> bool:
    gauges = controller.gauges
    for index in range(controller.boots.count):
        if gauges.pressure_pa[index] > _LITTLE_PA and gauges.age_ms[index] < _SHOWN_LATELY_MS:
            return True
    return False


def _draw_big(canvas: Any, text: str, left: int, top: int) -> None:
    """The built-in letters, twice as wide and high: each dot is read back from where they were drawn."""
    canvas.text(text, left, top)
    for row in range(_LETTER - 1, -1, -1):
        for column in range(_LETTER * len(text) - 1, -1, -1):
            dot = canvas.pixel(left + column, top + row)
            canvas.fill_rect(left + 2 * column, top + 2 * row, 2, 2, dot)


def _draw_leg(canvas: Any, controller: Controller, leg: int) -> None:
    boots = controller.boots
    left = _WIDTH - (boots.legs - leg) * (_LEG_WIDTH + _LEG_GAP)
    height = _HEIGHT // boots.chambers_per_leg
    for position in range(boots.chambers_per_leg):
        index = leg * boots.chambers_per_leg + position
        # The foot's chamber is wider, so that the column looks like a leg.
        width = _LEG_WIDTH + (_LEG_GAP - 2 if position == 0 else 0)
        _draw_chamber(canvas, controller, index, left, _HEIGHT - (position + 1) * height, width, height - 1)


def _draw_chamber(
    canvas: Any, controller: Controller, index: int, left: int, top: int, width: int, height: int
) -> None:
    canvas.rect(left, top, width, height, 1)
    most_pa = max(controller.session.most_pa, 1)
    level = min(max(controller.gauges.pressure_pa[index], 0) * height // most_pa, height)
    canvas.fill_rect(left, top + height - level, width, level, 1)
    if controller.regulator.phase[index] in (FILL, DOSE, COAST):
        canvas.fill_rect(left + 3, top + height // 2 - 1, width - 6, 2, 0 if level > height // 2 else 1)


def _lines(text: str, letters: int) -> list:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines
