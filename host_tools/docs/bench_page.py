"""docs/bench.md: what the bench measures, how accurate that is, and what it found."""

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.bench.suite import STEPS, SUITES
from host_tools.catalogue.bench_defaults import DEFAULTS
from host_tools.docs.bench_evidence import (
    ENDURANCE_CYCLES,
    FOLDER,
    TWIN_PROGRAMS,
    Part,
    read_rows,
)
from host_tools.output.page import Files, table

PAGE = "docs/bench.md"
NOT_MADE = "Not made yet: `python -m host_tools.docs.bench_evidence {part}`.\n"

_TEXT = """\
# The bench

`python -m host_tools.docs --only bench` makes this page from the tables in `docs/data/bench`;
`python -m host_tools.docs.bench_evidence` makes the tables.

    soleus bench --target sim|virtual|PORT                 acceptance, on any target
    soleus bench leak --chamber left.calf --target PORT    one step by itself
    soleus bench endurance --cycles 1000                   the same fill, hold and vent again and again
    soleus bench history --line leak --plot leak.png       units side by side, and what drifts
    soleus twin fit run.json --out twin.toml               a plant file that behaves like these boots

`--json`, `--csv` and `--report` write the run; a run on a board also goes into the history. Status 0: every
line is within its limits; 1: some line is not; 2: unusable input. Without a terminal a line on stderr says
now and then how far it is; with `--quiet` none does. The history marks every line that is out of its limits
now, and says which left first.

Every line is declared before the first step runs: value, unit, limit and where the limit comes from. A line
that could not be measured has failed. What a layout or a target can't show is declared as not applicable.

## Service: how a bench moves valves

The machine goes into service only when no session runs, and through the same check as every session. There a
bench asks for one **act** at a time ([service.py](../firmware/soleus/core/service/service.py)): which valves,
how much pump, until which pressure, and which valves after that. The device runs both parts by itself, tick
by tick. It refuses what makes no sense, with a reason. All guards that look at readings, commands and clock
stay on, the interlock has the last word, and pressures are limited as in any session. When an act is over,
when nothing was heard from the bench for 1 s, at the stop button and at a fault, all vent. Guards that watch
the regulator's own doses are off, because the regulator doesn't run; no act pumps for longer than 45 s.

The device reports every tick. That takes 1.4 KB of memory, only while a bench is connected.

## Steps

{steps}
{suites}

How the less obvious ones work:

- **valves**: a click is a step in the pressure beside the valve, and a reading comes every 10 ms. Valves vary
  by a millisecond or two from click to click, so some readings fall into the travel itself. Of fourteen
  clicks, those that were caught in travel and those that were not tell the moment of half travel
  ([clicks.py](../host_tools/bench/measure/clicks.py)). For a valve that is exactly the same each time, the
  moment is known only to 5 ms, and its line says so.
- **pump**: pressures alone can't tell a strong pump from a small boot. A rigid vessel of known volume on one
  hose can. The air that the fill before has left in the manifold is fitted, too.
- **calibrate**: the gauge is read once with all boots empty and again under pressure, each time with fifty
  values of every converter before and after. The correction is computed from the difference between the two
  points, so a zero from another time plays no part.
- **relief**: pump and valve are stopped together. The air that the rotor still brings stays in the manifold,
  up to the pressure of the relief valve. It is measured by letting it into the vessel as soon as the rotor
  has stopped. There is a result only if the pump is strong enough to open the relief valve.
- **accuracy**: all chambers joined to one resting manifold have the same pressure, so one gauge checks all
  sensors.
- **leak**: 115 s with empty neighbours. The part of the fall that dies away (fabric, flesh, warm air) is
  separated from the part that goes on.
- **hoses**: each chamber pushes its neighbours. Which chambers feel each other is compared with every
  crossing of two hoses. Two crossings that look alike are told apart by the chambers' stiffness.

## Acceptance

{acceptance}
The damaged machines are [damaged.toml](data/bench/damaged.toml) and, of four chambers,
[damaged-devkit.toml](data/bench/damaged-devkit.toml): a leaky calf, a weak pump, a slow vent, a sensor 5 %
off, two crossed hoses. Each line that failed belongs to one of these five faults, and each of the five made
lines fail. The simulator has no processor that could hang, so the watchdog's line is not applicable there.

## Measured against the plant's truth

`{board}`, {draws} machines drawn from `{plant}`; the worst chamber, valve or back-pressure of any, and RMS
over all machines. The truth for a valve is its latency, half its travel, and the half millisecond by which
the plant's pressures follow its armatures; for a volume it is the air that the plant counted.

{accuracy}
## Endurance

{cycles} cycles of three chambers on the simulator, which does not wear: any drift is the bench's own.

{endurance}
## Twins

{twin_draws} machines that were not used for tuning: acceptance, then `twin fit`, then programs that the fit
has not seen. The twin's pressures in all chambers are compared with the machine's. **driven**: the twin gets
the machine's commands during the whole session, and is never corrected. **shape**: it runs the program by
itself, and each chamber is compared from the moment it comes under pressure. **rhythm**: each cycle is
compared from its start, so that a fill a second longer counts for all that comes after it. **same** has the
plant's own numbers and other random draws (a leg that moves, valves that vary), which no fit can beat: its
errors in shape and rhythm are chance, and not the twin's. The goal was 2 mmHg for each machine. Driven, the
twin meets it. In shape it meets it where chance alone stays below it; elsewhere the twin is as far off as
chance. One percent of the pump's flow is 2 mmHg, and between its steps the bench takes as much out of a
battery: the fit allows for that with a middling battery and the commands that were given.

{twin}
## Limits

A board's `[bench]` table may overrule each of these.

{limits}"""


def bench_page() -> Files:
    page = _TEXT.format(
        steps=table(("step", "what"), [(f"`{name}`", step.title) for name, step in STEPS.items()]),
        suites="\n".join(f"- `{name}`: {', '.join(steps)}" for name, steps in SUITES.items()),
        acceptance=_acceptance([row for part in (Part.ACCEPTANCE, Part.VIRTUAL) for row in read_rows(part)]),
        accuracy=_or_not_made(Part.ACCURACY, _accuracy),
        endurance=_or_not_made(Part.ENDURANCE, _endurance),
        twin=_or_not_made(Part.TWIN, _twin),
        board=DEFAULT_BOARD,
        plant=DEFAULT_PLANT,
        draws=len(read_rows(Part.ACCURACY)),
        twin_draws=len(read_rows(Part.TWIN)),
        cycles=ENDURANCE_CYCLES,
        limits=table(
            ("key", "default", "what"), [(f"`{k}`", f"{v:g}", what) for k, (v, what) in DEFAULTS.items()]
        ),
    )
    return {PAGE: page.encode()}


def _or_not_made(part: Part, maker: object) -> str:
    if not (FOLDER / f"{part}.csv").exists():
        return NOT_MADE.format(part=part)
    assert callable(maker)
    return str(maker(read_rows(part)))


def _acceptance(rows: list[dict[str, str]]) -> str:
    columns = {
        "target": "target", "board": "board", "plant": "plant", "seed": "seed", "lines": "lines",
        "passed": "passed", "failed": "failed", "minutes": "minutes of the machine",
        "laptop_s": "seconds of the laptop",
    }  # fmt: skip
    failed = [
        f"- `{row['board']}`, {row['plant']}, seed {row['seed']}, on {row['target']}: {row['which']}\n"
        for row in rows
        if row["which"]
    ]
    cells = [[row[key] for key in columns] for row in rows]
    return table(columns.values(), cells) + "\nWhat failed:\n\n" + "".join(failed)


def _accuracy(rows: list[dict[str, str]]) -> str:
    whats = {
        "leak_percent": ("leak-down", "%", "10"), "volume_percent": ("volume", "%", "5"),
        "pump_percent": ("pump flow", "%", "5"), "fill.opens": ("fill valve opens", "ms", "3"),
        "fill.closes": ("fill valve closes", "ms", "3"), "vent.opens": ("vent valve opens", "ms", "3"),
        "vent.closes": ("vent valve closes", "ms", "3"),
    }  # fmt: skip
    cells = []
    for key, (what, unit, wanted) in whats.items():
        worst = max(float(row[key]) for row in rows)
        rms = (sum(float(row[f"{key}_rms"]) ** 2 for row in rows) / len(rows)) ** 0.5
        cells.append((what, f"{worst:.1f} {unit}", f"{rms:.1f} {unit}", f"within {wanted} {unit}"))
    return table(("what", "worst", "RMS", "wanted"), cells)


def _endurance(rows: list[dict[str, str]]) -> str:
    return table(
        ("line", "value", "first and last tenth"),
        [(row["line"], f"{row['value']} {row['unit']}", row["note"] or "–") for row in rows],
    )


def _twin(rows: list[dict[str, str]]) -> str:
    cells = []
    for program in TWIN_PROGRAMS:
        for kind in ("driven", "shape", "rhythm"):
            for which in ("twin", "same"):
                values = sorted(float(row[f"{program}_{which}_{kind}"]) for row in rows)
                cells.append((program, kind, which, f"{values[len(values) // 2]:.2f}", f"{values[-1]:.2f}"))
    fit = sorted(float(row["fit_mmhg"]) for row in rows)
    return (
        table(("program", "what", "of", "median, mmHg RMS", "worst"), cells)
        + f"\nThe fit itself leaves {fit[len(fit) // 2]:.2f} mmHg RMS, noise included.\n"
    )
