"""docs/safety.md: the requirements with their limits, and what each fault that trips them did."""

import importlib

from host_tools.docs.safety_long_runs import long_runs
from host_tools.output.page import Files, table
from host_tools.safety.fault_help import ABOUT, CLEAR, HAPPENED, KNOWN_BY, LOOK_AT, WHAT, how_to_clear
from host_tools.safety.requirements import REQUIREMENTS, Requirement, Trip, duration_in_words, in_words
from host_tools.safety.rules import RULES, Rule
from host_tools.safety.trip_run import TripResult, run_trip
from soleus.core.basics import fault_table, faults
from soleus.core.controller import ROTOR_STOPS_MS

PAGE = "docs/safety.md"
MOST_MMHG = 150.0

_BEFORE = """\
# Safety

`make docs` makes this page from the code. Ids come from
[fault_table.py](../firmware/soleus/core/basics/fault_table.py), reactions from
[faults.py](../firmware/soleus/core/basics/faults.py), limits from
[limits.py](../firmware/soleus/core/basics/limits.py), which has the reason for each. A test fails when page
and code differ, and when a requirement has no fault that trips it.

**Everything here was shown on a simulated machine, none of it on a leg.** The plant's numbers come from
literature and general knowledge. Soleus is not a medical device, and this page is no approval of any kind.
[Who must not use it](misuse.md).

## How it is kept safe

The safe state is one constant: every valve without power, pump off. A spring closes each fill valve, and a
spring opens each vent, so a cut wire, a dead battery and a reset lead to the same state.

Every 10 ms the guards look first, and they can only take energy away. There are two reactions. **Stop**: all
vent and the pump is off in that same tick; where a board has a gate, it cuts the supply. The first cause is
latched with sensor, value and limit. The machine goes on looking: beside the cause it names each chamber
that still shows pressure, with "open the boot", and as *not seen* each that no sensor shows while everything
is open. On a board with one sensor on the manifold that is every chamber. Only a person at the machine can
clear it, {clear_after} after everything was opened, and only when no sensor shows pressure. **Rest the
chamber**: it is opened, left out until the end of the session, and named, while the others go on. That is
enough only where the chamber is empty or about to be, and nothing else is wrong: of {count} faults, {rested}.
Where one sensor on the manifold shows the same for all, each chamber is first tried alone: to blame is the
one that doesn't fill while another one does. After the guards the interlock has the last word on every
command.

When a person presses stop, all vents open and the pump is off in that tick, too. Its rotor still turns for a
moment: what it was filling stays joined for {rotor}, with its vent open, so that this air has a way out and
the manifold isn't driven to its relief. A three-way valve can't be joined and open: there an empty chamber
takes it.

## Hazards

{hazards}
## Requirements

The guard compares with *limits* and *after* (how long, or how often in a row). *Within* is the time in which
the fault must be detected and the reaction commanded, from the first moment at which a reading can show the
cause.

{requirements}
### Why this reaction, and not another

{reasons}
### Not reached by a broken part

Two guards are there for mistakes in the firmware itself; no broken part of the plant can trip them. A test
puts that mistake into the real core, and they trip.

{unreached}
## Rules for people

No guard watches these, and no broken part trips them: panel, link and session are made so. *Held by* are
the tests of each; *broken on purpose* is what `tests/panel/test_walked.py` breaks in the code, so that the
walk of panel and session together must find it
([what it walks](../host_tools/verify/panel/__init__.py)).

{rules}
"""

_MEASURED = """\
## What each fault did

Each row is a session on the simulator in which one part breaks, on the nominal plant with seed 0 unless its
command says otherwise. *Took* is the time until the reaction was commanded, from the moment in the column
before it. *Highest* is the highest true pressure in any chamber, which must always stay below {most:.0f}
mmHg. *Empty* is how much later every chamber was below 10 mmHg.

{trips}
{conclusion}
To repeat a row, from a checkout after `make setup`:

{commands}

"""

_AFTER = """
## What remains

**What no software can detect with these sensors, or can't change:**

- **A vent that is stuck closed, or a three-way valve stuck energised.** The chamber keeps its air, whatever
  is commanded. The fault is detected ({vent_code}) and named, and the chamber gets no more air, but *a person
  has to unzip the boot*. The same goes for a hose that is kinked while its chamber is full: if it lets no air
  in, it lets none out, or only slowly.
- **A sensor that no longer tells the pressure, but still reads like one, without a second opinion**: its
  bridge or its wire is dead, its input floats, its tube has slipped off or is pinched. Its chamber is filled
  until {fill_code}, {vent_code} or {air_code} says that it does not fill or vent, 25 to 50 s later in the
  middle of the sessions that were tried; by then the true pressure has reached the relief valve, up to
  156 mmHg, and with a relief valve that sticks up to 479. A sensor that reads half was never noticed: up to
  122 mmHg with a sensor on each chamber, 146 with one on the manifold. (404 sessions with such a fault alone,
  and 180 behind a relief valve that sticks, on the simulator; as `sensor:dead`, `half`, `float`, `tube-off`
  and `tube-pinched` everybody can repeat them. A campaign leaves them out on such boards.)
- **The same beside a sensor on the manifold.** It contradicts them ({contradicted_code}), as a rule within
  seconds of the next fill: all of 140 sessions were noticed, by the kind of fault after 1.5 to 23 s in the
  middle, the last after 69 s; of 28 with a sensor that reads 20 % low, 24. Where a target of 20 to 30 mmHg
  throttles the pump all the time, its whole flow is never seen, and a chamber had up to 131 mmHg. Where ten
  chambers are filled side by side, the flow through each valve is too little to be told from noise: five of
  the duo's 70 sessions reached the relief valve, up to 153 mmHg, before {fill_code} came. (Devkit and duo, on
  the simulator.) A sensor on the manifold that dies may be taken for one of a chamber.
- **A sensor that reads 20 % low, without a second opinion.** While its chamber is closed off from the others,
  nothing contradicts it, and the chamber is filled to a quarter more than was asked for. Where valves join
  chambers, their sensors are compared ({disagree_code}). At the highest target, 120 mmHg, such a chamber
  would have 150; at the default limit of 110, 137. Only the relief valve limits that.
- **A sensor that lags by a second or more.** Its chamber gets as much too much as the pump brings in that
  time, up to 20 mmHg in the sessions that were tried; a second opinion noticed ten of 28.
- **A pump that won't stop**, with sensors on the chambers only. Closed fill valves hide it, so it is detected
  at its next stop, which can be half a minute later ({pump_code}, with a budget from that stop on). That
  stop ends some 20 to 45 mmHg too high, because the guard must not trip when a leg moves. A sensor on the
  manifold shows it in milliseconds.
- **A pump that won't stop, and a valve that keeps a chamber joined to it**, on a board without `gate`. Only
  the relief valve limits the pressure in that chamber, and only pulling the plug ends it.
- **A kinked hose on a chamber under pressure.** It is detected when the chamber is next closed and measured,
  not when it kinks: beside an open vent the sensor, on the valve's side of the kink, reads zero.
- **One sensor on the manifold.** It measures a held chamber only while that is joined, every 3 s, and an open
  one when its turn comes. Between two looks nothing shows that a closed chamber is squeezed or leaks. A
  three-way valve that doesn't move, while others do, may not be noticed at all: its leg gets less than was
  asked for.
- **Interface pressure.** What the skin feels under a seam or a buckle isn't the pressure in the chamber.
- **Blood.** Whether this leg, on this day, should be squeezed at all: [misuse.md](misuse.md).

**So hardware has to:**

{hardware}
With a shorted pump transistor on a board without `gate`, the pump goes on running after the stop,
against closed fill valves and the relief valve. The legs are empty, but only pulling the plug silences the
pump.

## Help for every fault

The device, the command line (`soleus fault show E31`) and the report say this, from
[fault_help.py](../host_tools/safety/fault_help.py). A fault that ended the session must be cleared by a
person at the machine. {clearing}

{help}
## How to repeat every figure

{repeat}
{mutants}"""


# What `make mutants` found; a person writes it down, because it takes minutes.
MUTANTS = """\
## Mutants

`make mutants` changes one operator, number or condition at a time in the guards, the gauges that they read,
the latch and the interlock, and runs their tests on each change. At commit 8676ca3 that was 1,502 changes,
about twenty minutes on two cores. **The tests notice 1,419.** The other 83 have no effect outside:

- a counter, a bit or a slot begins with another value, which is overwritten before it is used, or which
  changes a far larger limit by a millisecond (49; 18 of them in `Gauges`);
- a quick check, which only saves a look at each chamber, saves it less often, or a tick later (22:
  `Overpressure`, `SensorRange`, `SensorErratic`, `ProlongedPressure`, `FillTimeout`, `Leak`, `Gauges`);
- the sign of a jump is found by a comparison with 1 Pa instead of 0, while every jump is more than 30 mmHg
  (4: `SensorErratic`);
- a start is below any index, or a comparison differs only at a value that can't occur or changes nothing (4:
  `SensorsDisagree`, `SensorRange`, `Gauges`);
- of two equally deviating sensors among four or more, the other one is named (2: `SensorsDisagree`);
- a counter stops elsewhere, or the least cost of a hold differs, far below the limit (2: `Gauges`, `Leak`).

Since then the quick checks are in `Guards.step`, which asks only the guards that may have to react.
`tests/core/guards/test_guards_asked.py` notices if any of its 22 conditions is made false; the whole run has
not been repeated since.
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
    if not result.is_in_time(requirement, trip):
        return f"{found}{result.detected_ms} ms of {requirement.budget_of(trip)}"
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
        rotor=duration_in_words(ROTOR_STOPS_MS),
        hazards=_hazards(),
        requirements=_requirements(),
        reasons="".join(
            f"- **{each.code}** {each.name}: {each.reaction}. {each.why}\n" for each in REQUIREMENTS
        ),
        unreached="".join(_unreached(each) for each in REQUIREMENTS if each.unit_test),
        rules=_rules(),
    )


def rest_from_code() -> str:
    return long_runs() + _AFTER.format(
        vent_code=_code(faults.VENT_FAILURE),
        disagree_code=_code(faults.SENSOR_DISAGREES),
        pump_code=_code(faults.PUMP_RUNAWAY),
        fill_code=_code(faults.FILL_TIMEOUT),
        contradicted_code=_code(faults.SENSOR_CONTRADICTED),
        air_code=_code(faults.NO_AIR),
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
    "pressure for too long": "blood doesn't flow back; nerves and skin suffer",
    "a pressure that isn't known": "any of the others, unnoticed",
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
        "; ".join(
            [duration_in_words(each.budget_ms)]
            + [f"{duration_in_words(other.ms)} {other.where}" for other in each.other_budgets]
        ),
        ", ".join(dict.fromkeys(tripped_by)),
    ]


def _unreached(each: Requirement) -> str:
    return f"- **{each.code}** {each.name}: {each.unreached} `{each.unit_test}`\n"


def _rules() -> str:
    headings = ("rule", "what", "why", "limits", "held by", "broken on purpose")
    return _left(headings, [_rule(each) for each in RULES])


def _rule(each: Rule) -> list[str]:
    tests = [f"`{test.rpartition('/')[2]}`" for test in each.tests]
    limits = [f"`{name.partition(':')[2]}` = {rule_limit(name)}" for name in each.limits]
    return [each.id, each.what, each.why, ", ".join(limits), ", ".join(tests), ", ".join(each.broken)]


def rule_limit(name: str) -> int:
    """Of a constant below `soleus`, as `module:NAME`."""
    module, _, constant = name.partition(":")
    return int(getattr(importlib.import_module(f"soleus.{module}"), constant))


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
    late = [result for each, trip, result in results if not result.is_in_time(each, trip)]
    own = [
        f"- {each.code}, {other.where}, {duration_in_words(other.ms)}: {other.why}.\n"
        for each in REQUIREMENTS
        for other in each.other_budgets
    ]
    commands = "".join(f"{trip.command}\n" for _, trip, _ in results)
    return _MEASURED.format(
        most=MOST_MMHG,
        trips=_left(headings, [_measured_row(*result) for result in results]),
        conclusion=f"{len(late)} of {len(results)} rows miss their budget. Some have one of their own:\n\n"
        + "".join(own),
        commands=f"```\n{commands}```",
    )


def _measured_row(each: Requirement, trip: Trip, result: TripResult) -> list[str]:
    broken = trip.fault or f"`{trip.plant}`"
    late = "" if result.is_in_time(each, trip) else " **late**"
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
        duration_in_words(each.budget_of(trip)),
        f"{result.max_pressure_mmhg:.1f} mmHg",
        empty,
    ]


_ONE_SHOT = (
    "one-shot, fed by each good tick: 50 ms after the last one it opens the second switch, "
    "or stops the pump where there is none"
)
_ONE_SHOT_FOR = (
    "a loop or a chip that hangs, and the seconds between the watchdog's reset and `boot.py`, "
    "in which the pins stay as they were"
)


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
            [_ONE_SHOT, _ONE_SHOT_FOR],
            ["hardware watchdog, fed only by a good tick", "a loop that hangs, where no guard runs any more"],
            [
                "pull-downs at every analog input",
                "a wire that is off: it reads less than no pressure, and is named, instead of floating",
            ],
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
