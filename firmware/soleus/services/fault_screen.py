"""A fault on the display: what happened, what to look at and how to clear it, by turns.

A chamber that is still pressed, or not seen, comes before all that. Loaded with the first fault.
"""

from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.controller import Controller
from soleus.services.after_fault import is_venting, names_of, pressed_bits, unseen_bits

_WIDTH = const(128)
_LETTER = const(8)
_LINE = const(9)
_LINE_LETTERS = const(16)
# What fits under the heading.
_LINES = const(6)
_PART_MS = const(4000)
_CLEAR = "To clear it hold start/stop and stop for 3 s."


def draw_fault(canvas: Any, controller: Controller, fault: tuple, lines_of: Callable) -> None:
    """`lines_of` breaks a text into lines of so many letters."""
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
    parts = [_cause_lines(controller.latch, fault, lines_of), lines_of(fault[3], _LINE_LETTERS)]
    parts.append(lines_of(_CLEAR, _LINE_LETTERS))
    pages = [part[at : at + room] for part in parts if part[0] for at in range(0, len(part), room)]
    top = _LETTER + 3
    for line in lines + pages[turn % len(pages)]:
        canvas.text(line, 0, top)
        top += _LINE


def _cause_lines(latch: FaultLatch, fault: tuple, lines_of: Callable) -> list:
    _, name, _, unit = fault[1]
    value = mmhg_from_pa(latch.value) if unit == "mmHg" else latch.value
    return lines_of(name, _LINE_LETTERS) + [
        fault[2][:_LINE_LETTERS],
        "{} {}".format(value, unit)[:_LINE_LETTERS],
    ]
