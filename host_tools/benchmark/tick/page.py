"""The second half of docs/cost.md: a whole tick of each board, in instructions and in milliseconds."""

from collections.abc import Sequence

from host_tools.benchmark.tick.count import PARTS, Moment, TickCount
from host_tools.benchmark.tick.milliseconds import bus_and_samples_ms, instructions_ms
from host_tools.catalogue.chips import load_chip
from host_tools.output.page import table
from soleus.core.basics.limits import TICK_MS

USUAL_AIM_MS, WORST_AIM_MS = 5, 8

_TEXT = """
# What a whole tick costs

The tick of the flashed application, on the readings of a simulated session: it commands what the simulated
one did. Counted as above, without the collector and the allocator; the chip's modules are stand-ins of a few
instructions a call. Rest is the clock, the watchdog, and calling one part after the other.

{parts}
In milliseconds, by the [chip files](../boards/chips), so on no silicon yet. Bus and samples are the transfers
by SoftI2C and the conversions of one tick; a change of a PWM, of which a tick has a few at most, is left out.
p99 and busiest are of ten seconds of the second cycle: in the busiest tick the recorder keeps the core's
whole state, which it does every few seconds. The aims are {usual} ms in 99 % of all ticks and {worst} ms in
the worst.

{milliseconds}"""


def tick_section(counts: Sequence[TickCount]) -> str:
    part_rows = [
        row
        for count in counts
        for row in (_parts(count, "idle", count.idle), _parts(count, "middle of a fill", count.middle))
    ]
    return _TEXT.format(
        parts=table(("board", "tick", *PARTS, "rest", "whole"), part_rows),
        milliseconds=table(
            (
                "board",
                "bus and samples",
                "idle",
                "middle of a fill",
                "p99",
                "busiest",
                "share of a tick at p99",
            ),
            [_milliseconds(count) for count in counts],
        ),
        usual=USUAL_AIM_MS,
        worst=WORST_AIM_MS,
    )


def _parts(count: TickCount, name: str, moment: Moment) -> tuple[str, ...]:
    numbers = (*moment.parts.values(), moment.rest, moment.whole)
    return (count.board.name, name, *(f"{number:,}" for number in numbers))


def _milliseconds(count: TickCount) -> tuple[str, ...]:
    chip = load_chip(count.board.chip)
    beside = bus_and_samples_ms(count.board, chip)
    moments = (count.idle.whole, count.middle.whole, count.p99, count.busiest)
    idle, middle, p99, busiest = (instructions_ms(moment, chip) + beside for moment in moments)
    return (
        count.board.name,
        *(f"{ms:.1f} ms" for ms in (beside, idle, middle)),
        _beside_aim(p99, USUAL_AIM_MS),
        _beside_aim(busiest, WORST_AIM_MS),
        f"{p99 / TICK_MS:.0%}",
    )


def _beside_aim(ms: float, aim_ms: int) -> str:
    return f"{ms:.1f} ms" if ms <= aim_ms else f"{ms:.1f} ms, above the aim"
