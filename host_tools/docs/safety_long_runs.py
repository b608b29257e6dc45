"""The parts of docs/safety.md that come from long runs: the walk through all states, and the campaign.

Both take longer than `make docs` may, so each leaves a file in docs/data/, from which the page is made.
"""

import json
from typing import Any

from host_tools.basics.paths import CHECKOUT
from host_tools.output.page import table
from host_tools.plant.vocabulary import MODES
from host_tools.verify.explore.cases import all_cases
from host_tools.verify.stops.stops import AIM_MMHG, AIM_S
from soleus.core.basics import limits

EXPLORED = "docs/data/exploration.json"
PANEL = "docs/data/panel_walks.json"
STOPS = "docs/data/stop_times.json"
CHECK_FILL = "docs/data/check_fill.json"
CAMPAIGN = "docs/data/campaign.json"

_WALK = """\
## Every state there is

Sessions reach the states that physics brings about. `make explore` walks all that the code allows: the core
itself, tick by tick, on one leg with three chambers, every pattern on both kinds of valves and both kinds of
sensors, with the worst of readings, clocks, guards and buttons in each tick ([how that comes to an end, and
why it misses nothing](../host_tools/verify/explore/__init__.py)). In each tick it checks these laws:

- energy only in a state that may have it, after the guards have looked, and with no latched fault;
- no pump against closed valves, no running pump that changes valves without an overlap, no chamber filled and
  vented at once, and no command that the interlock has to refuse;
- in a sequential pattern a proximal chamber only after the distal ones have had their pressure;
- `stop`, from every state: in that tick the pump is off, and every kept chamber open but for one that takes
  the rotor's last air;
- a latched fault keeps its cause, and only a person ends it.

{found}
`tests/core/test_exploration.py` walks one and two chambers in every run of the tests. It also breaks
the core on purpose, once for each of these laws, and the walk finds what was broken.
"""

_FOUND = """\
| valves | sensors | pattern | states | transitions | depth |
| --- | --- | --- | ---: | ---: | ---: |
{rows}
{states:,} states, {transitions:,} transitions, {laws} broken laws.{missing}
"""

_PANEL = """\
## Panel and session together

`python -m host_tools.verify.panel` walks the panel, the link's requests and the core's session behind each
other, with levels and coarse clocks, on one leg of three chambers
([what is real there and what isn't](../host_tools/verify/panel/__init__.py)): every order of presses, times,
requests of a laptop, faults and losses of power that a case has. A witness beside it counts presses and
minutes for itself, and holds the rules for people above. The larger cases are broken off at a number of
states, and go on at random: {ways} ways of some 2,000 steps in each case.

{rows}
"""

_STOPS = """\
## How long a stop takes

`python -m host_tools.verify.stops`: stop is pressed when every chamber is full, in a program that fills all
of them at once, on each board with each plant. *Took* is the time until no chamber holds {aim:g} mmHg (aim:
{aim_s:g} s), of the worst of {draws} machines drawn from each plant. *Vents alone* is what the same machine's
open vents take, without the rotor's last air and the looks whether the chambers are empty. On the simulator.

{rows}
{misses}
"""

_CHECK_FILL = """\
## What the check fill sees

`python -m host_tools.verify.fit`: a check fill ([what it is](device.md#the-panel)) on healthy boots and on
boots with one thing wrong, drawn from all plant files in equal parts, the chamber or leg in turn. *Right* is:
what is wrong is named, and nothing else. On the simulator.

{rows}
What it can't see, or not surely:

- Swapped hoses where one sensor on the manifold sees all chambers: nothing there tells them apart. On the
  others only where the sensors' taps don't change places with the hoses; where a sensor sits at the valve,
  both go along. `soleus bench` (step `hoses`) finds either.
- A leak that takes longer than some seconds; E23 finds it in the session.
- A hose that is narrow, not kinked: the chamber fills, only later.
- Nearly all that is not right is on the plant `tired`: its weak pump brings an open chamber so little air
  that the sensor's noise hides what is lost, and it is called one without a hose. Both are to be looked at,
  and neither keeps air in.
- Longer than {aim_s:g} s where chambers are seen one after the other: {late}. Each of them may
  take 10 s, because the pump is throttled to what a leg may feel, and the manifold's sensor sees no chamber
  but the joined one.
- No leg is a guess from how much air the boot takes: a person may overrule it.
"""

_CAMPAIGN = """\
## A campaign of faults

`soleus campaign run --size {size} --seed {seed}`: every component in every mode in every phase of a session,
on every board, over all programs and plants; every pair of a stuck valve, sensor or relief valve and one more
fault; and healthy sessions with legs that move, weak batteries and people who press buttons. Judged by true
pressures:

- *harm*: a chamber above 150 mmHg (160 with the pump shorted on), pressure that is not gone 5 s after the
  stop, or above 15 mmHg for more than 185 s;
- *trapped*: the fault was noticed, but no command can empty the chamber, because the fault blocks its way out
  or feeds it from a pump that the board can't cut off;
- *alarm*: stopped with nothing broken.

This run's sources: `{sources}`.

{verdicts}
What the words mean, and so what `--fault` of `soleus sim` and a virtual board can break:

{words}
Single faults, by what breaks and how. *Far above* is the longest that a chamber stood 30 mmHg above the
highest pressure asked for; *blame* is the share of sessions in which only what had broken was named:

{cells}
Where the table of requirements promises a time:

{budgets}
The session that came nearest to harm, for each code that single faults were given (the first: not noticed):

{worst}
"""


def long_runs() -> str:
    return "\n".join([_walk(), *filter(None, [_panel(), _stops(), _check_fill()]), _campaign()])


def _panel() -> str:
    rows: list[dict[str, Any]] | None = _read(PANEL)
    if not rows:
        return ""
    headings = ("case", "states", "transitions", "all of them", "broken rules")
    cells = [
        [
            row["case"],
            f"{row['states']:,}",
            f"{row['transitions']:,}",
            "yes" if row["is_complete"] else "no",
            str(len(row["broken"])),
        ]
        for row in rows
    ]
    return _PANEL.format(ways=rows[0]["ways"], rows=table(headings, cells))


def _stops() -> str:
    found = _read(STOPS)
    if not found:
        return ""
    headings = ("board", "plant", "mmHg", "the emptiest held", "took", "vents alone", "last chamber")
    cells = [
        [
            f"`{row['board']}`",
            f"`{row['plant']}`",
            str(row["level_mmhg"]),
            f"{row['least_mmhg']:.0f}",
            f"{row['took_s']:.2f} s" + (" **missed**" if row["took_s"] > AIM_S else ""),
            f"{row['vents_s']:.2f} s",
            row["last_chamber"],
        ]
        for row in found["worst"]
    ]
    return _STOPS.format(
        aim=AIM_MMHG,
        aim_s=AIM_S,
        draws=found["draws"],
        rows=table(headings, cells),
        misses=_misses(found["worst"]),
    )


def _check_fill() -> str:
    rows: list[dict[str, Any]] | None = _read(CHECK_FILL)
    if not rows:
        return ""
    headings = ("board", "boots", "draws", "right", "longest", "highest true pressure", "else said on")
    cells = [
        [
            f"`{row['board']}`",
            row["kind"],
            f"{row['draws']:,}",
            "all" if row["right"] == row["draws"] else f"{100 * row['right'] / row['draws']:.2f} %",
            f"{row['longest_s']:.1f} s",
            f"{row['highest_mmhg']:.1f} mmHg",
            ", ".join(f"{plant} {count}" for plant, count in row["wrong_on"].items()),
        ]
        for row in rows
    ]
    longest_s = {row["board"]: 0.0 for row in rows}
    for row in rows:
        longest_s[row["board"]] = max(longest_s[row["board"]], row["longest_s"])
    aim_s = limits.CHECK_FILL_MOST_MS / 1000
    late = ", ".join(f"{took_s:.1f} s on `{board}`" for board, took_s in longest_s.items() if took_s > aim_s)
    return _CHECK_FILL.format(rows=table(headings, cells), aim_s=aim_s, late=late)


def _misses(worst: list[dict[str, Any]]) -> str:
    """With the reason: what the vents take, and what the looks at the chambers add."""
    missed = [row for row in worst if row["took_s"] > AIM_S]
    if not missed:
        return "None misses the aim."
    by_vents = [row for row in missed if row["vents_s"] > AIM_S]
    adds_s = max(row["took_s"] - row["vents_s"] for row in worst)
    late_s = max(row["took_s"] for row in missed) - AIM_S
    return (
        f"{len(missed)} of {len(worst)} miss the aim, by up to {late_s:.1f} s. In {len(by_vents)} of them"
        " open vents alone take longer. The last chamber is a thigh's: it is the largest, and holds most air"
        " where a small leg leaves it room. Its vent and hose need that time; only wider ones change it."
        " The looks whether the chambers are empty close them for 180 ms each time, below 10 mmHg; with the"
        f" rotor's air they add up to {adds_s:.1f} s."
    )


def _walk() -> str:
    rows = _read(EXPLORED)
    found = "*Not walked yet.*\n"
    if rows:
        found = _FOUND.format(
            rows="".join(
                f"| {r['valves']} | {r['sensors']} | {r['pattern']} | {r['states']:,} "
                f"| {r['transitions']:,} | {r['depth']} |\n"
                for r in rows
            ),
            states=sum(row["states"] for row in rows),
            transitions=sum(row["transitions"] for row in rows),
            laws=sum(len(row["broken"]) for row in rows),
            missing=_not_walked(rows),
        )
    return _WALK.format(found=found)


def _not_walked(rows: list[dict[str, Any]]) -> str:
    walked = {(row["valves"], row["sensors"], row["pattern"]) for row in rows}
    missing = [case for case in all_cases(3) if (case.valves, case.sensors, case.pattern) not in walked]
    return "".join(f"\n\n**Not walked to its end on this core: {case}.**" for case in missing)


def _campaign() -> str:
    about = _read(CAMPAIGN)
    if not about:
        return ""
    return _CAMPAIGN.format(
        size=about["size"],
        seed=about["seed"],
        sources=about["sources"],
        verdicts=_verdicts(about["verdicts"]),
        words=_words(),
        cells=_cells(about["cells"]),
        budgets=_budgets(about["budgets"]),
        worst="".join(
            f"- {row['code'] or 'none'}: {row['verdict']}, {row['max_pressure_mmhg']:.0f} mmHg.\n"
            f"  `{row['command']}`\n"
            for row in about["worst"]
        ),
    )


def _words() -> str:
    return "".join(
        f"- `{kind}:{mode}`: {meaning}\n" for kind, modes in MODES.items() for mode, meaning in modes.items()
    )


def _verdicts(parts: dict[str, dict[str, int]]) -> str:
    words = next(iter(parts.values()))
    rows = [(part, *(f"{counts[word]:,}" for word in words)) for part, counts in parts.items()]
    return table(("sessions", *words), rows)


def _cells(cells: list[dict[str, Any]]) -> str:
    headings = (
        "what",
        "how",
        "sessions",
        "noticed",
        "in s",
        "safe in s",
        "highest mmHg",
        "far above s",
        "called",
        "blame",
        "verdict",
    )
    return table(
        headings,
        [
            (
                cell["kind"],
                cell["mode"],
                str(cell["sessions"]),
                str(cell["noticed"]),
                _times(cell["detected_in_s"]),
                _times(cell["safe_in_s"]),
                f"{cell['highest_mmhg']:.0f}",
                # A campaign of before these were judged doesn't have them.
                f"{cell['far_above_s']:.1f}" if "far_above_s" in cell else "–",
                " ".join(cell["called"]) or "–",
                _share(cell.get("blamed_right")),
                cell["verdict"],
            )
            for cell in cells
        ],
    )


def _share(of_one: float | None) -> str:
    return "–" if of_one is None else f"{100 * of_one:.0f} %"


def _times(both: list[float] | None) -> str:
    """Median and longest."""
    return "–" if both is None else f"{both[0]:.2f}, {both[1]:.2f}"


def _budgets(rows: list[dict[str, Any]]) -> str:
    return table(
        ("requirement", "code", "sessions", "late", "longest s", "of s"),
        [
            (
                row["requirement"],
                row["code"],
                str(row["count"]),
                str(row["late"]),
                f"{row['took_s']:.2f}",
                f"{row['budget_s']:.2f}",
            )
            for row in rows
        ],
    )


def _read(name: str) -> Any:
    file = CHECKOUT / name
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
