"""docs/safety.md: the requirements with their limits, and what each fault that trips them did."""

from host_tools.docs.safety_long_runs import long_runs
from host_tools.output.page import Files, table
from host_tools.safety.fault_help import ABOUT, CLEAR, HAPPENED, KNOWN_BY, LOOK_AT, WHAT, how_to_clear
from host_tools.safety.requirements import REQUIREMENTS, Requirement, Trip, duration_in_words, in_words
from host_tools.safety.trip_run import TripResult, run_trip
from soleus.core.basics import fault_table, faults

PAGE = "docs/safety.md"
MOST_MMHG = 150.0

_BEFORE = """\
# Safety

`make docs` makes this page, from the code: ids are those of
[fault_table.py](../firmware/soleus/core/basics/fault_table.py), reactions those of
[faults.py](../firmware/soleus/core/basics/faults.py), limits those of
[limits.py](../firmware/soleus/core/basics/limits.py), which has the reason beside each. A test fails when
page and code differ, and when a requirement has no fault that trips it.

**Everything here was shown on a simulated machine, none of it on a leg.** The plant's numbers come from
literature and general knowledge. Soleus is not a medical device, and this page is no approval of any
kind. [Who must not use it](misuse.md).

## How it is kept safe

The safe state is one constant: every valve without power, pump off. Fill valves are closed by a spring
and vents opened by one, so a cut wire, a dead battery and a reset are the same state.

Every 10 ms the guards look first, and can only take energy away. There are two reactions. **Stop**: all
vent, pump off in that same tick, the gate dropped where a board has one; the first cause is latched with
sensor, value and limit, and only a person at the machine clears it, {clear_after} after the pressure was
last commanded away and with no sensor showing any. **Rest the chamber**: it is opened, left out for the
rest of the session, and named, while the others go on. That is enough only where the chamber is empty or
about to be, and the fault is its own: of {count} faults, {rested}. After the guards the interlock has the
last word on every command, whatever the rest wants.

## Hazards

{hazards}
## Requirements

*Limits* and *after* (how long, or how often in a row) are what the guard compares with; *within* is the
budget for detecting and commanding the reaction, counted from the first moment at which the cause can be
seen.

{requirements}
### Why this reaction, and not another

{reasons}
### Not reached by a broken part

Two guards are there for mistakes in the firmware itself, and no broken part of the plant gets so far.
They are tripped on the real core with that mistake put in.

{unreached}
"""

_MEASURED = """\
## What each fault did

Each row is a session on the simulator in which one part breaks; nominal plant, seed 0, unless its command
says otherwise. *Took* is the time until the reaction was commanded, from the moment in the column before
it. *Highest* is the true pressure in any chamber (asked for: at most {most:.0f} mmHg, always); *empty* is
how much later every chamber was below 10 mmHg.

{trips}
{conclusion}
To repeat a row, from a checkout after `make setup`:

{commands}

"""

_AFTER = """
## What remains

**What no software on these sensors can see, or help:**

- **A vent that is stuck closed, or a three-way valve stuck energised.** The chamber keeps its air
  whatever is commanded. It is seen ({vent_code}) and named, and gets no more air, but *a person has to
  unzip the boot*. The same for a hose that is kinked while its chamber is full: what lets no air in lets
  none out, or only slowly.
- **A sensor that reads 20 % low.** Alone, closed off from the others, nothing contradicts it: its chamber
  is filled to a quarter more than asked for. Where valves join chambers, their sensors are compared
  ({disagree_code}). At the highest target, 120 mmHg, such a chamber would have 150; at the default limit
  of 110, 137. That is the relief valve's to hold.
- **A sensor that lags by a second or more** overfills its chamber by what the pump brings meanwhile.
- **A pump that won't stop**, with sensors on the chambers only: closed fill valves hide it, so it is seen
  at its next stop, which can be half a minute later ({pump_code}, the row above that misses its
  budget), and that stop ends some 20 to 45 mmHg too high, because a leg that moves may not be taken for it.
  A sensor on the manifold sees it in milliseconds.
- **A pump that won't stop, and a valve that holds a chamber joined to it**, on a board without `gate`: only
  the relief valve limits what that chamber gets, and only the plug ends it.
- **A pump that dies while chambers share their air** (three-way valves): the air that is there looks like
  air that comes, so the chambers are rested one by one, as {fill_code}, until none is left.
- **A kinked hose on a chamber under pressure** is seen when the chamber is next closed and looked at, not
  when it kinks: beside an open vent the sensor, on the valve's side of the kink, reads zero.
- **One sensor on the manifold** sees a held chamber only while it is joined to it, every 3 s, and an open
  one when its turn comes. Between looks a closed chamber that is squeezed, or that leaks, isn't known. A
  three-way valve that doesn't move, beside others that do, may not be noticed at all: its leg gets less
  than was asked for.
- **Interface pressure.** What the skin feels under a seam or a buckle isn't the pressure in the chamber.
- **Blood.** Whether this leg, on this day, should be squeezed at all: [misuse.md](misuse.md).

**So hardware has to:**

{hardware}
A shorted pump transistor on a board without `gate` leaves the pump running after the stop, against closed
fill valves and the relief valve: the legs are empty, but only pulling the plug silences it.

## Help for every fault

What device, command line (`soleus fault show E31`) and report say, from
[fault_help.py](../host_tools/safety/fault_help.py). A fault that ended the session is cleared by a
person at the machine. {clearing}

{help}
## How to repeat every figure

{repeat}
{mutants}"""


# What `make mutants` found; a person writes it down, because it takes minutes.
MUTANTS = """\
## Mutants

`make mutants` changes the guards, the gauges that they look at, the latch and the interlock one operator,
number or condition at a time, and runs their tests on each change: at commit 8676ca3 1,502 changes, about
twenty minutes on two cores. **1,419 are noticed.** The other 83 make no difference that anybody could see:

- a counter, a bit or a slot that begins with something else, where that is overwritten before anybody looks,
  or is a millisecond of a limit that is far beyond it (49; 18 of them in `Gauges`);
- a quick look, which only spares the look at each chamber, spares it less often or a tick later than it
  could (22: `Overpressure`, `SensorRange`, `SensorErratic`, `ProlongedPressure`, `FillTimeout`, `Leak`,
  `Gauges`);
- the sign of a jump compared with 0 or 1 Pa instead, where every jump is more than 30 mmHg (4:
  `SensorErratic`);
- a start below any index, or a comparison at a value that was excluded before or changes nothing (4:
  `SensorsDisagree`, `SensorRange`, `Gauges`);
- which of two equally odd sensors of four or more is named (2: `SensorsDisagree`);
- where a counter stops, and the least cost of a hold, far below the limit (2: `Gauges`, `Leak`).

Since then the quick looks stand in `Guards.step`, which asks only the guards that may have something to say.
Each of its 22 conditions, made false, is noticed by `tests/core/guards/test_guards_asked.py`; the whole run
has not been made again on that.
"""


def safety_page() -> tuple[Files, list[str]]:
    """The page, and the trips that did not go as the table says."""
    results = [(each, trip, run_trip(each, trip)) for each in REQUIREMENTS for trip in each.trips]
    wrong = [line for each, trip, result in results if (line := shortfall(each, trip, result))]
    page = from_code() + _measured(results) + rest_from_code()
    return {PAGE: page.encode()}, wrong


def shortfall(requirement: Requirement, trip: Trip, result: TripResult) -> str:
    """What a trip did differently from its row; empty if nothing."""
    found = f"{requirement.code}, {trip.fault or trip.plant}: "
    if (result.code, result.chamber) != (requirement.code, trip.chamber):
        return f"{found}named {result.code} {result.chamber}, not {trip.chamber}"
    if result.is_in_time(requirement) == bool(trip.misses):
        said = "late, as was said" if trip.misses else "in time"
        return f"{found}{result.detected_ms} ms of {requirement.budget_ms}, and not {said}"
    if result.max_pressure_mmhg >= MOST_MMHG:
        return f"{found}{result.max_pressure_mmhg:.0f} mmHg"
    return "" if result.is_all_vent else f"{found}something was energised after the latch"


def from_code() -> str:
    """All before the measured rows: a test compares it without running a session."""
    rested = " and ".join(sorted(str(fault_table.TABLE[row][0]) for row in faults.RESTED))
    return _BEFORE.format(
        clear_after=in_words("UNSEEN_EMPTY_MS"),
        count=len(REQUIREMENTS),
        rested=rested,
        hazards=_hazards(),
        requirements=_requirements(),
        reasons="".join(
            f"- **{each.code}** {each.name}: {each.reaction}. {each.why}\n" for each in REQUIREMENTS
        ),
        unreached="".join(_unreached(each) for each in REQUIREMENTS if each.unit_test),
    )


def rest_from_code() -> str:
    return long_runs() + _AFTER.format(
        vent_code=_code(faults.VENT_FAILURE),
        disagree_code=_code(faults.SENSOR_DISAGREES),
        pump_code=_code(faults.PUMP_RUNAWAY),
        fill_code=_code(faults.FILL_TIMEOUT),
        clearing=_CLEARED,
        hardware=_hardware(),
        help=_help(),
        repeat=_repeat(),
        mutants=MUTANTS,
    )


_CLEARED = how_to_clear("E31").removeprefix(ABOUT["E31"][CLEAR]).strip()


def _code(fault: int) -> str:
    return str(fault_table.TABLE[fault][0])


def _hazards() -> str:
    hazards = dict.fromkeys(each.hazard for each in REQUIREMENTS)
    rows = []
    for hazard in hazards:
        its = [each for each in REQUIREMENTS if each.hazard == hazard]
        rows.append([hazard, _HARM[hazard], ", ".join(f"{each.id} ({each.code})" for each in its)])
    return _left(("hazard", "what it can do", "requirements"), rows)


_HARM = {
    "too much pressure": "hurts, bruises, cuts blood off",
    "pressure for too long": "blood doesn't come back; nerves and skin suffer",
    "a pressure that isn't known": "any of the others, unseen",
    "air that goes nowhere": "a pump that runs hot, a leg that gets nothing",
    "a leg that can't be let go": "pressure for too long, in spite of the stop",
    "air that nobody asked for": "too much pressure",
    "a controller that isn't in control": "no reaction at all",
    "a machine that gives up": "a session that stops half-way",
}


def _requirements() -> str:
    headings = (
        "requirement",
        "code",
        "what is noticed",
        "guard",
        "limits",
        "after",
        "reaction",
        "within",
        "tripped by",
    )
    return _left(headings, [_requirement(each) for each in REQUIREMENTS])


def _requirement(each: Requirement) -> list[str]:
    limits = [f"{in_words(name)} (`{name}`)" for name in each.limits] + ([each.note] if each.note else [])
    tripped_by = [f"`{trip.fault or trip.plant}`" for trip in each.trips] or ["a test; see below"]
    return [
        each.id,
        each.code,
        each.name,
        f"`{each.guard.__name__}`",
        "; ".join(limits),
        "; ".join(f"{in_words(name)} (`{name}`)" for name in each.debounce) or "at once",
        each.reaction,
        duration_in_words(each.budget_ms),
        ", ".join(dict.fromkeys(tripped_by)),
    ]


def _unreached(each: Requirement) -> str:
    return f"- **{each.code}** {each.name}: {each.unreached} `{each.unit_test}`\n"


def _measured(results: list[tuple[Requirement, Trip, TripResult]]) -> str:
    headings = (
        "code",
        "what breaks",
        "board",
        "named",
        "counted from when",
        "took",
        "of",
        "highest",
        "empty",
    )
    late = [f"- {each.code}, `{trip.fault}`: {trip.misses}.\n" for each, trip, _ in results if trip.misses]
    commands = "".join(f"{trip.command}\n" for _, trip, _ in results)
    return _MEASURED.format(
        most=MOST_MMHG,
        trips=_left(headings, [_measured_row(*result) for result in results]),
        conclusion=f"{len(late)} of {len(results)} rows miss their budget:\n\n" + "".join(late),
        commands=f"```\n{commands}```",
    )


def _measured_row(each: Requirement, trip: Trip, result: TripResult) -> list[str]:
    broken = trip.fault or f"`{trip.plant}`"
    late = "" if result.is_in_time(each) else " **late**"
    if each.fault in faults.RESTED:
        empty = "rested"
    else:
        empty = "not by itself" if result.safe_s is None else f"{result.safe_s:.2f} s"
    return [
        each.code,
        f"`{broken}`" if trip.fault else broken,
        f"`{trip.board}`".replace("docs/data/safety/", ""),
        result.chamber or "the machine",
        trip.since.value,
        f"{duration_in_words(result.detected_ms)}{late}",
        duration_in_words(each.budget_ms),
        f"{result.max_pressure_mmhg:.1f} mmHg",
        empty,
    ]


def _hardware() -> str:
    return _left(
        ("part", "for"),
        [
            [
                "mechanical relief valve on the manifold, below 160 mmHg with the whole pump blowing",
                "any single failure of sensor, valve or firmware; it needs no power",
            ],
            ["vents normally open, fill valves normally closed", "power loss, reset, unplugged cable, crash"],
            [
                "pull-downs at every transistor's gate",
                "the time before the firmware runs, and a chip that is gone",
            ],
            [
                "a second cut of the supply of pump and valves (`gate`)",
                "a shorted pump transistor; a board without one carries that risk by name",
            ],
            ["hardware watchdog, fed only by a good tick", "a loop that hangs, where no guard runs any more"],
            ["a zip that a person can open under pressure, alone", "a vent that is stuck closed"],
        ],
    )


def _repeat() -> str:
    guards = " ".join(f"tests/core/guards/test_{name}.py" for name in ("guards", "guards_mutants", "plain"))
    return _left(
        ("what", "how"),
        [
            ["this page", "`python -m host_tools.docs --only safety`, or with `--check` to compare"],
            ['every row of "What each fault did", and its budget', "`pytest tests/sim/test_requirements.py`"],
            ["each guard at its limit and one step before it", f"`pytest {guards}`"],
            ["latch and interlock", "`pytest tests/core/guards/test_latch.py tests/core/test_interlock.py`"],
            ["healthy sessions without an alarm", "`make healthy`"],
            ["every state there is", "`make explore`"],
            [
                "thousands of faults in every phase of a session",
                "`soleus campaign run --size full`; then `soleus campaign summary > docs/data/campaign.json`",
            ],
            ["the mutants below", "`make mutants`"],
        ],
    )


def _help() -> str:
    headings = ("code", WHAT[HAPPENED], WHAT[KNOWN_BY], WHAT[LOOK_AT], WHAT[CLEAR])
    return _left(headings, [[code, *ABOUT[code]] for code in sorted(ABOUT)])


def _left(headings: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table of words, with all columns aligned to the left."""
    return table(headings, rows).replace("---:", "---")
