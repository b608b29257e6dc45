"""The display: draws what a person wants to see, with framebuf's methods, on 128 x 64 dots.

Time left and level in big words, the legs as columns of chambers, foot at the bottom: an outline for
each, filled as high as its pressure, with a bar across it while air is pumped in. A fault takes the whole
screen: what happened, what to look at, and how to clear it, one after the other. A chamber that is still
pressed comes before all that.
"""

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.controller import Controller
from soleus.core.regulate.regulation import COAST, DOSE, FILL
from soleus.core.session.session import CHECKING, DONE, FAULT, IDLE, PAUSED, RUNNING, STATE_NAMES
from soleus.drivers.panel.display import Display
from soleus.services.fault_place import fault_place, is_venting, names_of, pressed_bits, unseen_bits

_WIDTH = const(128)
_HEIGHT = const(64)
_LETTER = const(8)
_LEG_WIDTH = const(18)
_LEG_GAP = const(4)
_LINE = const(9)
_LINE_LETTERS = const(16)
# What fits under a fault's heading.
_LINES = const(6)
_PART_MS = const(4000)
# Less is hardly felt. One sensor on the manifold shows an open chamber for a moment only.
_LITTLE_PA = const(400)
_SHOWN_LATELY_MS = const(5000)
_CLEAR = "To clear it hold start/stop and stop for 3 s."


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
        advice = load("services.advice").advice(row[0]) if self.app.may_load() else ""
        return (latch.at_ms, row, fault_place(controller, latch.chamber_index), advice)


def draw(
    canvas: Any, controller: Controller, title: str, fault: "tuple | None", lost_session: "dict | None"
) -> None:
    """`fault`, if there is one: when it came, its row of `fault_table.py`, its place, and help."""
    canvas.fill(0)
    if fault:
        _draw_fault(canvas, controller, fault)
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


def _draw_fault(canvas: Any, controller: Controller, fault: tuple) -> None:
    pressed = pressed_bits(controller)
    unseen = unseen_bits(controller) & ~pressed
    is_early = is_venting(controller)
    word = "venting" if is_early else "PRESSED" if pressed else "NOT SEEN" if unseen else "VENTED"
    canvas.fill_rect(0, 0, _WIDTH, _LETTER + 2, 1)
    canvas.text("{} {}".format(fault[1][0], word), 1, 1, 0)
    turn = controller.session.state_ms // _PART_MS
    lines = []
    if pressed | unseen and not is_early:
        # One after the other.
        names = names_of(controller, pressed or unseen)
        what = "still pressed:" if pressed else "not seen. Tight?"
        lines = [names[turn % len(names)][:_LINE_LETTERS], what, "open the boot"]
    room = _LINES - len(lines)
    parts = [_cause_lines(controller.latch, fault), _lines(fault[3], _LINE_LETTERS)]
    parts.append(_lines(_CLEAR, _LINE_LETTERS))
    pages = [part[at : at + room] for part in parts if part[0] for at in range(0, len(part), room)]
    top = _LETTER + 3
    for line in lines + pages[turn % len(pages)]:
        canvas.text(line, 0, top)
        top += _LINE


def _cause_lines(latch: FaultLatch, fault: tuple) -> list:
    _, name, _, unit = fault[1]
    value = mmhg_from_pa(latch.value) if unit == "mmHg" else latch.value
    return _lines(name, _LINE_LETTERS) + [
        fault[2][:_LINE_LETTERS],
        "{} {}".format(value, unit)[:_LINE_LETTERS],
    ]


def _lines(text: str, letters: int) -> list:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines
