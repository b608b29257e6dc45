"""The display: draws what a person wants to see, with framebuf's methods, on 128 x 64 dots.

At rest the panel draws its screens. In a session: time left and level in big words, what the buttons do in
the last line, and the legs as outlines of foot, shin and thigh. Each chamber is filled as high as its
pressure, a bar moves up in it while air is pumped in, and a boosted zone has a mark. A fault takes the whole
screen: what happened, what to look at, and how to clear it, one after the other. A chamber that is still
pressed comes before all that.
"""

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.lines import lines_of
from soleus.basics.loading import load, load_to_stay
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.controller import Controller
from soleus.core.regulate.regulation import COAST, DOSE, FILL
from soleus.core.session.session import (
    CHECKING,
    COMPLETED,
    DONE,
    FAULT,
    PAUSED,
    RUNNING,
    SERVICE,
    STATE_NAMES,
    VENTING,
)
from soleus.drivers.panel.display import Display
from soleus.services.fault_place import fault_place

_WIDTH = const(128)
_HEIGHT = const(64)
_LETTER = const(8)
_LEG_WIDTH = const(18)
_LEG_GAP = const(4)
_LINE = const(9)
_LAST_TOP = const(56)
# The legs end above the last line.
_LEGS_HEIGHT = const(54)
_MMHG_TOP = const(29)
_TURN_MS = const(2000)
# How wide the leg is at foot, shin and thigh, and how much of its height each takes.
_ZONE_WIDTH = (20, 10, 15)
_ZONE_HEIGHT = (10, 21, 23)
_MARK = const(3)
_BAR_MS = const(80)
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
        # What the buttons do in a session: see `session_lines` in `panel/table.py`.
        self.lines = ({}, "", "")

    def step(self) -> None:
        """With the first page comes a new picture."""
        app = self.app
        display = self.display
        if self.page == 0:
            self.fault = self._fault_to_show()
            if app.front.walk and not self.fault:
                display.fill(0)
                app.front.walk.draw(display, lines_of)
            else:
                draw(display, app.controller, app.program_id, self.fault, self.lines)
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


def draw(canvas: Any, controller: Controller, title: str, fault: "tuple | None", lines: tuple) -> None:
    """`fault`, if there is one: when it came, its row of the table, its place, help, and what draws it.

    `lines`: what the buttons do, see `Screen`.
    """
    canvas.fill(0)
    if fault:
        fault[4](canvas, controller, fault, lines_of)
        return
    _draw_words(canvas, controller, title)
    canvas.text(_last_line(controller, lines), 0, _LAST_TOP)
    for leg in range(controller.boots.legs):
        _draw_leg(canvas, controller, leg)


def _last_line(controller: Controller, lines: tuple) -> str:
    session = controller.session
    if session.asks_for_presence():
        return lines[2]
    if session.state == RUNNING and session.run_ms // _TURN_MS % 3 == 2:
        return lines[1]
    is_louder_refused = (
        controller.sequencer.whole_pa < session.asked_pa or session.asked_pa >= session.most_pa
    )
    if session.state == RUNNING and is_louder_refused:
        # The same without it.
        return lines[0][CHECKING]
    return lines[0].get(session.state, "")


def minutes_left(controller: Controller) -> str:
    session = controller.session
    left_s = max(session.duration_ms - session.run_ms, 0) // 1000
    return "{}:{:02d}".format(left_s // 60, left_s % 60)


def _draw_words(canvas: Any, controller: Controller, title: str) -> None:
    session = controller.session
    canvas.text(_state_word(controller), 0, 0)
    if session.state in (CHECKING, RUNNING, PAUSED):
        _draw_big(canvas, minutes_left(controller), 0, 10)
        canvas.text("{} mmHg".format(mmhg_from_pa(session.asked_pa)), 0, _MMHG_TOP)
    letters = (_WIDTH - controller.boots.legs * (_LEG_WIDTH + _LEG_GAP)) // _LETTER
    lines = lines_of(title.replace("-", "- "), letters)
    for number, line in enumerate(lines[:2]):
        top = _LAST_TOP - _LINE * (min(len(lines), 2) - number)
        canvas.text(line.replace("- ", "-")[:letters], 0, top)


def _state_word(controller: Controller) -> str:
    session, service = controller.session, controller.service
    if session.state == VENTING or (session.state == DONE and _is_still_felt(controller)):
        return "emptying"
    if session.state == SERVICE and service and service.ended_by == COMPLETED:
        return STATE_NAMES[CHECKING]
    if session.state == RUNNING and controller.sequencer.cycles_count == 0:
        return "soft start"
    return STATE_NAMES[session.state]


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
    """Foot at the bottom. Each zone has its share of the height, and its chambers share that."""
    boots = controller.boots
    left = _WIDTH - (boots.legs - leg) * (_LEG_WIDTH + _LEG_GAP)
    bottom = _LEGS_HEIGHT
    for position in range(boots.chambers_per_leg):
        index = leg * boots.chambers_per_leg + position
        zone = boots.zone_of[index]
        sharers = boots.zone_of[: boots.chambers_per_leg].count(zone)
        height = _ZONE_HEIGHT[zone] // sharers
        bottom -= height
        _draw_chamber(canvas, controller, index, left, bottom, _ZONE_WIDTH[zone], height)


def _draw_chamber(
    canvas: Any, controller: Controller, index: int, left: int, top: int, width: int, height: int
) -> None:
    sequencer = controller.sequencer
    canvas.rect(left, top, width, height, 1)
    most_pa = max(controller.session.most_pa, 1)
    level = min(max(controller.gauges.pressure_pa[index], 0) * height // most_pa, height)
    canvas.fill_rect(left, top + height - level, width, level, 1)
    if controller.regulator.phase[index] in (FILL, DOSE, COAST):
        # It moves up, as the air does.
        room = max(height - 3, 1)
        up = controller.session.run_ms // _BAR_MS % room
        canvas.fill_rect(left + 2, top + height - 2 - up, width - 4, 1, 0 if level > up else 1)
    if sequencer.timeline.offset_pa and sequencer.timeline.offset_pa[index] > 0:
        canvas.fill_rect(left + _LEG_WIDTH - 1, top + height // 2, _MARK, 1, 1)
        canvas.fill_rect(left + _LEG_WIDTH, top + height // 2 - 1, 1, _MARK, 1)
