"""Does every valve switch, does air follow, and how long after the command?"""

import numpy as np

from host_tools.bench.measure.bench import Bench, bits_of
from host_tools.bench.measure.clicks import Click, Clicks, Path, click_from, moments_ms
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from host_tools.bench.steps.step import Choice, each, why_not
from host_tools.bench.targets.tape import Piece

VENT_ROUNDS, VENT_CLICKS, FILL_ROUNDS, FILL_CLICKS = 2, 7, 3, 4
OPEN_MS, CLOSED_S = 110, 0.3
ONE_BY_ONE_ROUNDS = 4
# No chamber stays pressed for long: the fuller one is vented after it has served so many others.
RELEASE_AFTER = 4
LEAST_STEP_MMHG = 2.0
AT_REST_TICKS = 10
# Usual parts: fill valve 27, vent valve 28, hose 47 mL/s/sqrt(mmHg). They only change the shape of a step,
# and so the moment by a fraction of the travel.
FILL, VENT, HOSE = 1 / 27**2, 1 / 28**2, 1 / 47**2
PATHS = {"vent": Path(rest=HOSE, valve=VENT), "fill": Path(rest=2 * HOSE + FILL, valve=FILL)}

# Valve and direction -> chamber -> its clicks.
Seen = dict[tuple[str, str], dict[str, list[Click]]]


class Valves:
    name = "valves"
    title = "Click, flow and latency of every valve"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most, source = limits.value("click_most_ms"), limits.source("click_most_ms")
        boots = limits.board.boots
        lines = []
        for valve, name in (
            ("fill", "valve" if boots.is_three_way else "fill valve"),
            ("vent", "vent valve"),
        ):
            if valve == "vent" and boots.is_three_way:
                # Three-way valves: there is only one for each chamber.
                continue
            why = why_not(boots) if valve == "vent" else ""
            for way in ("opens", "closes"):
                what = f"{name} {way} after,"
                lines += each(f"{valve}.{way}", what, "ms", 1.0, most, source, limits, choice, why)
        return lines

    def run(self, bench: Bench, choice: Choice) -> None:
        seen: Seen = {}
        if bench.stays_joined:
            self._through_manifold(bench, choice, seen)
            _measure(choice, seen, "; the manifold's air adds up to 10 ms")
            return
        self._vents(bench, choice, seen)
        bench.vent()
        self._fills(bench, choice, seen)
        bench.vent()
        _measure(choice, seen)

    def _vents(self, bench: Bench, choice: Choice, seen: Seen) -> None:
        """All vents at once: each chamber has its own air and its own sensor."""
        bits = bits_of(choice.chambers)
        for _ in range(VENT_ROUNDS):
            bench.fill_to(choice.chambers, 90)
            mark = bench.target.tape.length
            bench.wait(CLOSED_S)
            for _ in range(VENT_CLICKS):
                bench.act(OPEN_MS / 1000 + CLOSED_S, seal=0, then_seal=bits, run_ms=OPEN_MS)
            piece = bench.target.tape.since(mark)
            for i in choice.chambers:
                _see(bench, seen, piece, i, "vent", piece.seal >> i & 1)

    def _fills(self, bench: Bench, choice: Choice, seen: Seen) -> None:
        """Each fill valve in turn: air comes from a fuller chamber, through the resting manifold."""
        for n, i in enumerate(choice.chambers):
            if n % RELEASE_AFTER == 0:
                bench.vent()
            reservoir = bench.boots.count - 1 if i != bench.boots.count - 1 else 0
            bench.fill_to([i], 25)
            shares = self._fill_clicks(bench, seen, i, reservoir)
            bench.keep_values(
                "drop", bench.boots.names[i], np.array([reservoir]), np.array([np.mean(shares)])
            )
            bench.vent([i], seconds=0.2)

    def _fill_clicks(self, bench: Bench, seen: Seen, i: int, reservoir: int) -> list[float]:
        """Return, for each click, the valves' share of the drop between the two chambers."""
        shares: list[float] = []
        source, both = 1 << reservoir, 1 << reservoir | 1 << i
        for n in range(FILL_ROUNDS):
            if n:
                self._let_down(bench, i)
            bench.fill_to([reservoir], 95)
            seal = bench.sealed_bits
            mark = bench.target.tape.length
            bench.act(CLOSED_S, fill=source, seal=seal)
            for _ in range(FILL_CLICKS):
                bench.act(
                    OPEN_MS / 1000 + CLOSED_S,
                    fill=both, seal=seal, then_fill=source, then_seal=seal, run_ms=OPEN_MS,
                )  # fmt: skip
            piece = bench.target.tape.since(mark)
            bench.act(0.1, seal=seal)
            _see(bench, seen, piece, i, "fill", 1 - (piece.fill >> i & 1))
            shares += _shares_in_valves(piece, i, reservoir)
        return shares

    def _through_manifold(self, bench: Bench, choice: Choice, seen: Seen) -> None:
        """From a full chamber that stays joined into an empty one: the manifold's pressure shows the step."""
        for i in choice.chambers:
            reservoir = bench.boots.count - 1 if i != bench.boots.count - 1 else 0
            source, both = 1 << reservoir, 1 << reservoir | 1 << i
            for _ in range(ONE_BY_ONE_ROUNDS):
                bench.fill_to([reservoir], 95)
                mark = bench.target.tape.length
                for _ in range(FILL_CLICKS):
                    bench.act(CLOSED_S, fill=source, seal=bench.kept(source))
                    bench.act(
                        OPEN_MS / 1000 + CLOSED_S, run_ms=OPEN_MS, fill=both, seal=bench.kept(both),
                        then_fill=source, then_seal=bench.kept(source),
                    )  # fmt: skip
                piece = bench.target.tape.since(mark)
                _see(bench, seen, piece, i, "fill", 1 - (piece.fill >> i & 1))
                bench.vent(seconds=4.0)

    def _let_down(self, bench: Bench, i: int) -> None:
        """Let the chamber down so far that the reservoir makes a good step at the next clicks."""
        seal = bench.sealed_bits
        for _ in range(8):
            if bench.settled()[i] < 32:
                return
            bench.act(0.5, seal=seal & ~(1 << i), then_seal=seal, run_ms=120)


def _shares_in_valves(piece: Piece, i: int, reservoir: int) -> list[float]:
    """Between the two sensors there are the valves; between the two chambers also their hoses."""
    shares = []
    drop = piece.mmhg[:, reservoir] - piece.mmhg[:, i]
    for opens in np.flatnonzero(np.diff(piece.fill >> i & 1) == 1) + 1:
        closes = opens + OPEN_MS // 10
        after = slice(closes + AT_REST_TICKS, closes + 2 * AT_REST_TICKS)
        if after.stop > len(drop):
            continue
        # Without flow the sensors show the chambers, whose pressures approach each other with each click.
        at_rest = (drop[opens - AT_REST_TICKS : opens].mean() + drop[after].mean()) / 2
        # Symmetrical around the middle of the valve's open time, which begins some time after the command.
        flowing = drop[opens + 5 : closes - 1].mean()
        shares.append(float(flowing / at_rest))
    return shares


def _see(bench: Bench, seen: Seen, piece: Piece, i: int, valve: str, closed: np.ndarray) -> None:
    name = bench.boots.names[i]
    bench.keep("valves", i, piece, part=valve)
    changes = np.diff(closed.astype(int))
    for way, change in (("opens", -1), ("closes", 1)):
        commands = np.flatnonzero(changes == change) + 1
        found = [click_from(piece.mmhg[:, i], int(command), way == "opens") for command in commands]
        seen.setdefault((valve, way), {}).setdefault(name, []).extend(click for click in found if click)


def _measure(choice: Choice, seen: Seen, but: str = "") -> None:
    for (valve, way), clicks_of in seen.items():
        moving = {}
        for name, clicks in clicks_of.items():
            steps = [abs(click.step_mmhg) for click in clicks]
            if len(clicks) < 4 or np.median(steps) < LEAST_STEP_MMHG:
                seen_mmhg = f"{np.median(steps):.1f} mmHg" if steps else "nothing"
                why = f"no click: {seen_mmhg} to be seen beside the {valve} valve when it is told to move"
                choice.line(f"{valve}.{way}.{name}").fail(why)
            else:
                moving[name] = Clicks(
                    clicks,
                    PATHS[valve],
                    is_opening=way == "opens",
                    is_energising=(valve, way) in (("fill", "opens"), ("vent", "closes")),
                )
        for name, (mean_ms, sd_ms) in zip(moving, moments_ms(list(moving.values())), strict=True):
            choice.line(f"{valve}.{way}.{name}").measure(
                mean_ms, sd_ms, f"{len(moving[name].clicks)} clicks{but}"
            )
