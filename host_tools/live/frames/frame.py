"""What a frame holds: the machine at one moment, as the page gets it.

Everything that a source can tell the page stands in these tables, and nothing else does. Pressures are mmHg
to a tenth, lists go by chamber in the order of `About.chambers`, bits by chamber from the lowest.
"""

from typing import Literal, TypedDict


class Frame(TypedDict):
    at_ms: int  # the machine's time since the session's source began
    state: str  # `soleus.core.session.session.STATE_NAMES`
    fault: str  # the latched fault's code, such as E12; empty without one
    cycle: int
    stage: str  # `soleus.core.program.timeline.STAGE_NAMES`; empty where the source doesn't know it
    level_mmhg: float  # what a person asked for
    run_ms: int
    left_ms: int
    pressure_mmhg: list[float]  # `About.pressure_is` says whether true or measured
    wanted_mmhg: list[float]  # the setpoint now; 0 where the chamber is open to the air
    target_mmhg: list[float]
    phase: list[str]  # what the regulator does with each chamber; empty where the source doesn't know it
    fill_bits: int
    seal_bits: int
    pump_permille: int
    gate_on: int
    missing_bits: int  # sensors without a reading
    rested_bits: int
    manifold_mmhg: float | None
    supply_v: float
    clicks: int  # switchings of all valves since the source began
    energy_wh: float | None
    asks_for_life: bool
    # For each of `About.guards`: how far it has counted or measured, and the limit; null if unknown here.
    near: list[tuple[float, float] | None]


class Event(TypedDict):
    at_ms: int
    kind: Literal["state", "fault", "rested", "act", "broken", "mended", "differs", "link"]
    text: str
    help: str  # for a person: what to do; may be empty


class Panel(TypedDict):
    """What a person sees at the machine itself."""

    screen: str  # one bit a dot, row by row, in hexadecimal; empty where it is dark
    width: int
    height: int
    light: str  # a colour's name, or "off"
    buttons: list[str]  # those that the board has
    held: list[str]


class Check(TypedDict):
    """A line of a bench, as `soleus bench` prints it."""

    key: str
    title: str
    value: str
    limit: str
    status: str
    note: str


class Checklist(TypedDict):
    """What a bench does now, and what it asks a person; empty where it asks nothing."""

    step: str
    note: str
    question: str
    is_over: bool
    lines: list[Check]


class Guard(TypedDict):
    code: str
    name: str
    requirement: str
    hazard: str
    reaction: str
    why: str
    unit: str
    help: str
    # How near it is: told here, counted inside the machine alone, or nothing that these boots have.
    told: Literal["here", "inside", "never"]
    unknown: str  # what stands in the number's place where a frame has none


class About(TypedDict):
    """What doesn't change while a source plays."""

    kind: Literal["sim", "virtual", "port", "recording", "bench"]
    title: str
    program: str
    board: str
    board_title: str
    plant: str
    seed: int | None
    minutes: int
    pressure_mmhg: int
    legs: list[str]
    chambers: list[str]
    zones: list[str]
    valves: Literal["fill_vent", "three_way"]
    sensors: str
    has_gate: bool
    relief_mmhg: int | None
    most_mmhg: int
    pressure_is: Literal["true", "measured"]
    guards: list[Guard]
    # What can be broken, and how: component -> mode -> what that does. Empty where nothing can.
    faults: dict[str, dict[str, str]]
    presses: list[str]  # a person's acts that this source takes
    speeds: list[str]
    duration_ms: int | None  # of a recording
    can_begin_anew: bool
    can_repeat: bool  # a command gives the same session once more
    note: str  # shown beside the title: what is real about it, and what isn't
