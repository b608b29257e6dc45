"""docs/patterns.md: each pattern on each layout that supports it, with a picture of one simulated cycle."""

import copy
import json
from typing import Any

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.paths import CHECKOUT
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.programs import load_program, load_program_table
from host_tools.catalogue.variants import SENSORS, VALVES, variant
from host_tools.compare.figures import Figures, as_table, compare
from host_tools.compare.picture import comparison_png
from host_tools.compare.rows import rows_of
from host_tools.output.page import Files, table
from host_tools.output.plot.plot import cycle_png
from host_tools.output.small_png import small_png
from host_tools.plant.parts.units import SAFE_MMHG
from host_tools.sim.simulate import simulate
from soleus.core.basics.errors import SettingError
from soleus.core.program.fit import refuse_unfit
from soleus.core.program.table import read_program
from soleus.core.program.words import PATTERNS

PAGE = "docs/patterns.md"
DATA = "docs/data/patterns.json"
PICTURES = "docs/img/patterns"
COMPARED = f"{PICTURES}/compared.png"
BASE = "esp32-devkit"
ALTERNATING = "alternating"
# One that every plain program allows.
PRESSURE_MMHG = 50

ABOUT = {
    "sequential": "Each chamber fills and holds, foot first; after the last one all vent together.",
    "wave": "The next chamber fills while the one before it lets go, so that a ring of pressure climbs.",
    "pulse": "The active chamber pulses a few times and then holds; the one two behind it lets go then.",
    "gradient": "Like sequential, with each chamber a set step softer than the one distal to it.",
    "uniform": "All chambers rise together, hold and let go: the plainest sleeve, for comparison.",
    "flow": "Slow, soft rises; behind the climbing front each chamber keeps a part of its pressure.",
}

_LAYOUT_WORDS = {
    "fill_vent": "a fill and a vent valve for each chamber",
    "three_way": "one three-way valve for each chamber",
    "per_chamber": "a sensor for each chamber",
    "manifold": "one sensor on the manifold",
}

_INTRODUCTION = """\
# The patterns

`make docs` makes this page. Each picture shows one cycle from the middle of a simulated session of the plain
program with that pattern, on one leg of four chambers with the nominal plant. Areas are the true pressure in
a chamber, dashed lines its setpoint; the foot is at the bottom, the thigh at the top. In every cycle a
chamber comes after the one distal to it (tests/sim/test_sessions.py checks it), except in `uniform`, where
all come at once.

Layouts differ in two ways. A chamber with a fill valve and a vent valve can be closed off, and keeps its
pressure while another fills. **Three-way** valves join all kept chambers to one body of air, so filled
chambers give and take air while the next one fills, and all end at one pressure. **One sensor on the
manifold** measures a chamber only while it is joined: chambers are measured in turn, and fills are slower
near their end.

Some seconds after each release every vent valve flicks once, or each chamber is joined to the manifold for a
moment: that is a look. An open vent alone doesn't show that a leg is free; pressure that stays in a chamber
closed for 0.2 s would. Until every chamber was seen empty, the looks go on and the next cycle doesn't begin
([survey.py](../firmware/soleus/core/sensing/survey.py)).

"""


_COMPARED = """\
## Side by side

Each plain program for {minutes:.0f} minutes at {pressure} mmHg on the same simulated boots: `{board}`,
plant `{plant}`, seed {seed}. Pressed is the time above {safe:g} mmHg; mean is over the running session with
its rests; both are means of a zone's chambers. A click is a coil that goes on or off. More of anything here
is not a better session: no source says how much is best. Any programs can be compared, on any boots:

    soleus program compare wave sequential --pressure 50 --plot compared.png

{image}

{table}
"""


def patterns_page() -> Files:
    found = compare(list(PATTERNS), BASE, DEFAULT_PLANT, pressure=PRESSURE_MMHG)
    measured = as_table(found, BASE, DEFAULT_PLANT, 0)
    files = {
        PAGE: text(measured).encode(),
        DATA: (json.dumps(measured, indent=1) + "\n").encode(),
        COMPARED: small_png(comparison_png(found, "Six patterns on the same boots")),
    }
    for pattern in PATTERNS:
        for layout in layouts():
            if not refusal(pattern, layout):
                files[picture_name(pattern, *layout)] = _picture(pattern, layout)
    files[picture_name("sequential", ALTERNATING)] = _alternating_picture()
    return files


def text(measured: dict[str, Any] | None = None) -> str:
    """The page; without figures it takes those of the last time, and no session has to run."""
    measured = measured or json.loads((CHECKOUT / DATA).read_text(encoding="utf-8"))
    sections = [*(_section(pattern) for pattern in PATTERNS), _alternating_section(), _compared(measured)]
    return _INTRODUCTION + "\n".join(sections)


def layouts() -> list[tuple[str, str]]:
    return [(valves, sensors) for valves in VALVES for sensors in SENSORS]


def refusal(pattern: str, layout: tuple[str, str]) -> str:
    """The core's own message why a board of this layout can't run the pattern; empty if it can."""
    try:
        refuse_unfit(load_program(f"plain-{pattern}"), _board(layout).boots)
    except SettingError as error:
        return str(error)
    return ""


def picture_name(pattern: str, *layout: str) -> str:
    return "-".join([f"{PICTURES}/{pattern}", *layout]).replace("_", "-") + ".png"


def _board(layout: tuple[str, str]) -> Board:
    valves, sensors = layout
    return variant(load_board(BASE), valves=valves, sensors=sensors)


def _section(pattern: str) -> str:
    lines = [f"## {pattern}\n", f"{ABOUT[pattern]}\n"]
    for layout in layouts():
        words = f"`{layout[0]}`, `{layout[1]}` ({_words(layout)})"
        reason = refusal(pattern, layout)
        if reason:
            lines.append(f"**{words}**: refused. `{reason}`\n")
        else:
            lines.append(f"**{words}**\n\n{_image(pattern, *layout)}\n")
    return "\n".join(lines)


def _alternating_section() -> str:
    about = (
        f"Any pattern can be for both legs together, one after the other, or one. Here on `{DEFAULT_BOARD}`:"
    )
    return f"## Legs in turn\n\n{about}\n\n{_image('sequential', ALTERNATING)}\n"


def _compared(measured: dict[str, Any]) -> str:
    found = [Figures(**one) for one in measured["programs"]]
    headings = ["", *(f"`{one.program.removeprefix('plain-')}`" for one in found)]
    rows = [[row.heading, *(row.text(one) for one in found)] for row in rows_of(found)]
    return (
        _COMPARED.format(
            minutes=found[0].minutes,
            pressure=found[0].pressure_mmhg,
            board=measured["board"],
            plant=measured["plant"],
            seed=measured["seed"],
            safe=SAFE_MMHG,
            image=f"![six patterns compared]({COMPARED.removeprefix('docs/')})",
            table=table(headings, rows),
        ).rstrip()
        + "\n"
    )


def _words(layout: tuple[str, str]) -> str:
    return ", ".join(_LAYOUT_WORDS[part] for part in layout)


def _image(pattern: str, *layout: str) -> str:
    name = picture_name(pattern, *layout).removeprefix("docs/")
    return f"![one cycle of {pattern}, {' '.join(layout).replace('_', ' ')}]({name})"


def _picture(pattern: str, layout: tuple[str, str]) -> bytes:
    session = simulate(f"plain-{pattern}", _board(layout))
    title = f"{pattern}  ·  {' '.join(layout).replace('_', '-')}"
    return small_png(cycle_png(session.trace, title))


def _alternating_picture() -> bytes:
    table = copy.deepcopy(load_program_table("plain-sequential"))
    table["blocks"][0]["legs"] = ALTERNATING
    session = simulate(read_program(table), DEFAULT_BOARD)
    return small_png(cycle_png(session.trace, "sequential  ·  legs alternating"))
