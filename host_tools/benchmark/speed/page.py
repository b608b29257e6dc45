"""docs/speed.md, and the same figures for a terminal."""

from rich.console import Console
from rich.table import Table as RichTable

from host_tools.benchmark.speed.figures import Figures
from host_tools.benchmark.speed.session import MINUTES
from host_tools.benchmark.speed.stopwatch import ROUNDS
from host_tools.benchmark.speed.whole_loop import MAIN_SIZE
from host_tools.output.page import table

PAGE = "docs/speed.md"

# 20,000 with something broken, and 5,000 healthy ones.
WHOLE_TRIALS = 25_000

Row = tuple[str, ...]

_TEXT = """\
# How fast it is

`make benchmark` makes this page. All figures come from one run, so they can be compared with each other;
between computers only the ratios can be compared. {machine}

**{speed:,.0f} simulated seconds per second** for a session of {minutes} min on two legs of five chambers: the
whole loop, from a loaded program to a finished trace, with the firmware's core, the plant, its noise and the
recording of every tick, on one core. Median of {rounds} rounds after one that warms up; in each round
everything on this page takes its turn.

## Where the time goes

{parts}
The plant alone gets the recorded commands, the core alone the recorded readings. Each must repeat tick by
tick what it did in the session, and does. The remaining time is for recording: the loop writes rows, chunks
are copied out, and one trace is joined from them.

The compiled core is the firmware's own, file by file. It is **{ratio:,.0f} times** as fast as the
same core in plain Python.

## More chambers

{growth}
## The first time

{start}
`soleus sim` with a picture and a report takes one to two seconds more: what draws them has to start, too.

Many sessions (a campaign, the bench) begin like this: core and plant are compiled together for the kind of
boots at hand, and kept on disk until one of their files changes. A single `soleus sim` doesn't wait for that.
It runs the core as plain Python on the compiled plant, which a change in the core doesn't affect; the result
is the same, bit for bit. Afterwards both are compiled in the background, for the next time.

## A fault campaign

{campaign}
A trial is a session in which something breaks, with its rehearsal and its verdict; a campaign of
{trials:,} trials takes {minutes_two:.0f} min on two cores at that speed.
"""


def page(figures: Figures) -> str:
    return _TEXT.format(
        machine=" ".join(f"{text[0].upper()}{text[1:]}." for text in figures.machine.values()),
        speed=figures.times_real_time(),
        minutes=MINUTES,
        rounds=ROUNDS,
        parts=table(*_parts(figures)),
        ratio=figures.plain_core_ratio,
        growth=table(*_growth(figures)),
        start=table(*_start(figures)),
        campaign=table(*_campaign(figures)),
        trials=WHOLE_TRIALS,
        minutes_two=WHOLE_TRIALS / figures.campaign_per_minute[2],
    )


def show(figures: Figures, console: Console) -> None:
    _show_table(console, "where the time goes", *_parts(figures))
    _show_table(console, f"the whole loop, {MINUTES} min", *_growth(figures))
    _show_table(console, "the first time", *_start(figures))
    _show_table(console, "a fault campaign", *_campaign(figures))
    console.print(f"the core in plain Python takes {figures.plain_core_ratio:,.0f} times as long as compiled")
    for what, text in figures.machine.items():
        console.print(f"{what}: {text}", style="dim", highlight=False)


def _show_table(console: Console, title: str, headings: Row, rows: list[Row]) -> None:
    shown = RichTable(*headings, title=title, title_justify="left", title_style="bold")
    for column in shown.columns[1:]:
        column.justify = "right"
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def _parts(figures: Figures) -> tuple[Row, list[Row]]:
    whole_s = figures.whole_s[MAIN_SIZE]
    parts = (
        ("plant and its noise", figures.plant_s),
        ("core", figures.core_s),
        ("recording", figures.recording_s),
        ("whole", whole_s),
    )
    rows = [(name, f"{part_s:.3f}", f"{part_s / whole_s:.0%}") for name, part_s in parts]
    return ("part", f"s for {MINUTES} min", "share"), list(rows)


def _growth(figures: Figures) -> tuple[Row, list[Row]]:
    main_s = figures.whole_s[MAIN_SIZE]
    rows = [
        (size, f"{figures.times_real_time(size):,.0f}", f"{whole_s / main_s:.2f}")
        for size, whole_s in figures.whole_s.items()
    ]
    return ("legs x chambers", "simulated seconds per second", f"time, {MAIN_SIZE} = 1"), list(rows)


def _start(figures: Figures) -> tuple[Row, list[Row]]:
    start = figures.start
    rows = [
        ("nothing compiled yet", f"{start.nothing_compiled_s:.1f}"),
        ("compiled by an earlier process", f"{start.all_compiled_s:.1f}"),
    ]
    return ("a process that simulates 15 min", "s"), list(rows)


def _campaign(figures: Figures) -> tuple[Row, list[Row]]:
    rows: list[Row] = [(str(cores), f"{speed:,.0f}") for cores, speed in figures.campaign_per_minute.items()]
    return ("cores", "trials a minute"), rows
