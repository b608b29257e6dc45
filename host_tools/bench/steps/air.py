"""The pump's strength and the relief valve; the volume, the leak and the vent of each chamber."""

from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from host_tools.bench.measure.bench import EMPTY_S, Bench
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from host_tools.bench.measure.pump_curve import PumpCurve, air_ml, fit_pump
from host_tools.bench.steps.step import Choice, each, why_not
from host_tools.bench.targets.tape import Piece
from host_tools.plant.parts.units import ML_S_PER_L_MIN
from host_tools.sim.trace import TICK_S
from soleus.core.basics.boots import ZONES

BACK_PRESSURES = ((20, 1.0), (50, 0.92), (80, 0.84))
FULL_MMHG = 60.0
LEAK_MMHG, LEAK_S, LEAK_FROM_S = 82.0, 115.0, 6.0
# With the hold of a leak test, no chamber is under pressure for the 180 s after which a guard ends it.
FILLS_MOST_S = 60.0
# The fill stops here for a moment: a twin needs to know how much air each pressure takes.
STOPS_MMHG = (35.0, 55.0, 75.0)
VENT_FROM_MMHG, VENTED_MMHG = 80.0, 10.0
OPEN_TICKS = 50
CLOSES_S = 0.06
# After so many of its time constants, a rotor brings less air than a usual manifold leaks.
OVERRUN_S, ROTOR_TIMES = 0.35, 5.5
# The pump's ripple adds another error to the readings of each fill, so several fills are averaged.
REPEATS = 4
# Shares of one and a half times the limit. After each the chamber is joined and measured again.
LOOKS, LOOK_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0), 0.6


class Pump:
    """Fills a rigid vessel, whose pressure tells its air, and finds where the relief valve opens."""

    name = "pump"
    title = "Pump strength into the reference vessel, relief valve"
    person = "take the hose off {first} and plug the reference vessel of {reference_ml:g} mL on it"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        del choice
        least, source = limits.value("pump_least_l_min"), limits.source("pump_least_l_min")
        lines = [
            Line(f"pump.{mmhg}", f"flow into {mmhg} mmHg", "L/min", round(least * share, 2), None, source)
            for mmhg, share in BACK_PRESSURES
        ]
        wanted = float(limits.board.table.get("pneumatics", {}).get("relief_mmhg", 150))
        room = limits.value("relief_tolerance_mmhg")
        relief = Line(
            "relief",
            "relief valve opens at",
            "mmHg",
            wanted - room,
            wanted + room,
            "board.toml: [pneumatics] relief_mmhg",
        )
        if why := why_not(limits.board.boots, needs_seal=True):
            relief.leave_out(why)
        return [*lines, relief]

    def run(self, bench: Bench, choice: Choice) -> None:
        vessel_ml, first = bench.limits.value("reference_ml"), choice.chambers[0]
        bench.target.plug_reference(first, vessel_ml)
        try:
            self._measure(bench, choice, first, vessel_ml)
        finally:
            bench.end()
            bench.target.plug_reference(None, vessel_ml)
            bench.begin()

    def _measure(self, bench: Bench, choice: Choice, first: int, vessel_ml: float) -> None:
        curves = []
        has_hose_between = not bench.boots.has_manifold_sensor_only
        for n in range(REPEATS):
            # The zero of the last check may be wrong for the vessel: the boot may not have been quite empty.
            open_mmhg = bench.vent().mmhg[-OPEN_TICKS:]
            piece = bench.fill([first], 108)
            piece = replace(piece, mmhg=piece.mmhg - open_mmhg.mean(axis=0))
            bench.keep(
                "pump", first, piece, part=f"fill {n + 1}", pump=piece.pump, vessel_ml=vessel_ml,
                battery_share=bench.battery_share(),
            )  # fmt: skip
            curves.append(fit_pump(piece.mmhg[:, first], piece.pump, vessel_ml, has_hose_between))
        bench.curve = _mean_curve(curves)
        for mmhg, _ in BACK_PRESSURES:
            flows = [curve.vessel_flow_ml_s(mmhg) / ML_S_PER_L_MIN for curve in curves]
            choice.line(f"pump.{mmhg}").measure(
                float(np.mean(flows)), float(np.ptp(flows) / 2), f"fit {curves[0].rms_mmhg:.1f} mmHg RMS"
            )
        if not why_not(bench.boots, needs_seal=True):
            _measure_relief(bench, choice.line("relief"), first)


def _mean_curve(curves: list[PumpCurve]) -> PumpCurve:
    values = {
        name: float(np.mean([getattr(c, name) for c in curves])) for name in PumpCurve.__dataclass_fields__
    }
    return PumpCurve(**values)


def _measure_relief(bench: Bench, line: Line, vessel: int) -> None:
    """When pump and valve stop at once, the rotor's air stays in the manifold, up to the relief's pressure.

    Let into the vessel, it is compared with the air of a manifold that was filled to a known pressure.
    """
    other = vessel + 1 if vessel + 1 < bench.boots.count else 0
    rises: dict[str, list[float]] = {"known": [], "relief": []}
    lows: dict[str, list[float]] = {"known": [], "relief": []}
    known_mmhg = []
    bench.vent()
    bench.fill_to([vessel], 15)
    for _ in range(6):
        for kind in rises:
            bench.fill_to([other], 92)
            seal = bench.sealed_bits
            if kind == "known":
                piece = bench.act(0.8, fill=1 << other, seal=seal)
                known_mmhg.append(float(bench.settled()[other]))
            else:
                piece = _overrun(bench, other, seal)
            before = float(piece.mmhg[-35:, vessel].mean())
            # Just until the other valve is closed: manifolds leak.
            bench.act(CLOSES_S, seal=seal)
            bench.act(0.4, fill=1 << vessel, seal=seal)
            after = float(bench.act(0.6, seal=seal).mmhg[-35:, vessel].mean())
            lows[kind].append(before)
            rises[kind].append(after - before)
    ratio = float(np.mean(rises["relief"]) / np.mean(rises["known"]))
    room = float(np.mean(known_mmhg)) - float(np.mean(lows["known"]))
    spread = float(np.std(rises["relief"]) / np.sqrt(len(rises["relief"])) / np.mean(rises["known"]))
    line.measure(
        float(np.mean(lows["relief"])) + room * ratio, room * spread, "by the air left in the manifold"
    )


def _overrun(bench: Bench, other: int, seal: int) -> Piece:
    """Pump on for a moment, then pump and valve off together.

    The manifold is measured just after the rotor has stopped: until then the rotor makes up for what leaks.
    """
    rotor_s = bench.curve.rotor_s if bench.curve else 0.09
    return bench.act(
        OVERRUN_S + ROTOR_TIMES * rotor_s, fill=1 << other, seal=seal, then_fill=0, then_seal=seal,
        pump=1000, stop_pa=14_600, run_ms=round(OVERRUN_S * 1000), coast_ms=0, limit_pa=14_665,
    )  # fmt: skip


class Volume:
    """The air that each chamber takes up to 60 mmHg, and how long the pump needs for it."""

    name = "volume"
    title = "Volume and fill time of each chamber"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        boots, size = limits.board.boots, limits.size()
        lines = []
        for i in choice.chambers:
            zone = ZONES[boots.zone_of[i]]
            lines += each(
                "volume", "air to 60 mmHg of", "mL",
                round(limits.value(f"{zone}_least_ml") * size), round(limits.value(f"{zone}_most_ml") * size),
                limits.source(f"{zone}_most_ml"), limits, Choice([i]),
            )  # fmt: skip
        most_s, source = round(limits.value("fill_most_s") * size, 1), limits.source("fill_most_s")
        return lines + each("fill", "pump time to 60 mmHg of", "s", 0.2, most_s, source, limits, choice)

    def run(self, bench: Bench, choice: Choice) -> None:
        # The last slack of a boot empties slowly, and air still in it would be missing from the volume.
        bench.vent(seconds=EMPTY_S)
        for i in choice.chambers:
            bench.vent(seconds=1.0)
            pieces = bench.fill_to([i], FULL_MMHG)
            settled = float(bench.settled()[i])
            name = bench.boots.names[i]
            mmhg = np.concatenate([piece.mmhg[:, i] for piece in pieces])
            pump = np.concatenate([piece.pump for piece in pieces])
            bench.keep("volume", i, _joined(pieces), pump=pump)
            pump_s = float((pump / 1000.0).sum() * TICK_S)
            choice.line(f"fill.{name}").measure(pump_s * FULL_MMHG / max(settled, 1.0))
            if bench.curve is None:
                choice.line(f"volume.{name}").fail("the pump's flow is not known: run it with the step pump")
                continue
            taken = air_ml(mmhg, pump, bench.curve)
            slope = _slope_ml_mmhg(mmhg, pump, taken, bench.curve)
            choice.line(f"volume.{name}").measure(
                float(taken[-1]) + slope * (FULL_MMHG - settled),
                bench.curve.sigma * float(taken[-1]),
                f"{slope:.1f} mL/mmHg at {settled:.0f} mmHg",
            )


def _joined(pieces: list[Piece]) -> Piece:
    return Piece(
        **{name: np.concatenate([getattr(p, name) for p in pieces]) for name in Piece.__dataclass_fields__}
    )


def _slope_ml_mmhg(mmhg: np.ndarray, pump: np.ndarray, taken: np.ndarray, curve: PumpCurve) -> float:
    """The air for each mmHg near the end of the fill, from the chamber's pressure behind the hose."""
    behind = mmhg - (curve.flow_ml_s(mmhg) / curve.hose_k) ** 2
    late = (pump == 1000) & (behind > 25.0)
    late[:20] = False
    if late.sum() < 10 or np.ptp(behind[late]) < 5.0:
        return 4.0
    return float(np.polyfit(behind[late], taken[late], 1)[0])


class Leak:
    """How fast a sealed chamber falls from 80 mmHg once flesh, fabric and warm air have settled.

    Its neighbours are empty meanwhile.
    """

    name = "leak"
    title = "Leak-down of each chamber"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most, source = limits.value("leak_most_mmhg_min"), limits.source("leak_most_mmhg_min")
        return each(
            "leak",
            "leak at 80 mmHg of",
            "mmHg/min",
            -2.0,
            most,
            source,
            limits,
            choice,
        )

    def run(self, bench: Bench, choice: Choice) -> None:
        if bench.stays_joined:
            self._one_by_one(bench, choice)
            return
        for parity in (0, 1):
            group = [i for i in choice.chambers if i % bench.boots.chambers_per_leg % 2 == parity]
            while group:
                group = self._as_many_as_fit(bench, choice, group)

    def _as_many_as_fit(self, bench: Bench, choice: Choice, group: list[int]) -> list[int]:
        """Measure as many as the pump has time to fill; return the others."""
        tape = bench.target.tape
        bench.vent(seconds=4 * EMPTY_S)
        start, longest = tape.length, 0
        began, closed = {}, {}
        for i in group:
            if (tape.length - start + longest) * TICK_S > FILLS_MOST_S:
                break
            began[i] = tape.length
            for mmhg in STOPS_MMHG:
                bench.fill([i], mmhg)
            bench.fill_to([i], LEAK_MMHG)
            closed[i] = tape.length
            longest = max(longest, closed[i] - began[i])
        bench.wait(LEAK_S)
        bench.refuse_fault()
        end = tape.length
        bench.vent()
        for i in began:
            whole = tape.since(began[i])
            bench.keep_life(i, whole, fast_ticks=closed[i] - began[i], slow_ticks=end - closed[i])
            piece = whole[closed[i] - began[i] : end - began[i]]
            bench.keep("leak", i, piece, every=20)
            rate, sd = leak_mmhg_min(piece.time_s, piece.mmhg[:, i])
            choice.line(f"leak.{bench.boots.names[i]}").measure(rate, sd)
        return [i for i in group if i not in began]

    def _one_by_one(self, bench: Bench, choice: Choice) -> None:
        """Each chamber joined to the resting manifold: the manifold's own leak counts, too."""
        for i in choice.chambers:
            bench.vent(seconds=2 * EMPTY_S)
            bench.fill_to([i], LEAK_MMHG)
            piece = bench.act(LEAK_S, fill=1 << i, seal=bench.kept(1 << i))
            bench.keep("leak", i, piece, every=20)
            rate, sd = leak_mmhg_min(piece.time_s, piece.mmhg[:, i])
            choice.line(f"leak.{bench.boots.names[i]}").measure(rate, sd, "with the manifold's")


def leak_mmhg_min(time_s: np.ndarray, mmhg: np.ndarray, at_mmhg: float = 80.0) -> tuple[float, float]:
    """The part of the fall that goes on, without the part that dies away; scaled to 80 mmHg."""
    rows = len(time_s) // 50 * 50
    t = time_s[:rows].reshape(-1, 50).mean(axis=1)
    p = mmhg[:rows].reshape(-1, 50).mean(axis=1)
    t, p = t[t >= LEAK_FROM_S], p[t >= LEAK_FROM_S]

    def shape(values: np.ndarray) -> np.ndarray:
        start, rate, dying, tau = values
        return np.asarray(start * np.exp(-rate * t / 60.0) + dying * np.exp(-t / tau))

    guess = np.array(
        [p[-1], max(1e-3, (p[len(p) // 2] - p[-1]) / p[-1] / (t[-1] - t[len(p) // 2]) * 60), 1.0, 12.0]
    )
    # Fabric and flesh like these creep for 5 to 30 s.
    prior = np.array([0.0, 0.0, 0.0, 1 / 6.0])
    low, high = np.array([0.0, -1.0, -5.0, 4.0]), np.array([150.0, 60.0, 30.0, 30.0])
    sigma = 0.08

    def off(values: np.ndarray) -> np.ndarray:
        return np.concatenate([(shape(values) - p) / sigma, prior * (values - guess)])

    found = least_squares(off, guess, bounds=(low, high))
    covariance = np.linalg.pinv(found.jac.T @ found.jac)
    return float(found.x[1] * at_mmhg), float(np.sqrt(covariance[1, 1]) * at_mmhg)


class Vent:
    name = "vent"
    title = "Vent time of each chamber"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        boots = limits.board.boots
        lines = []
        for i in choice.chambers:
            key = f"{ZONES[boots.zone_of[i]]}_vent_most_s"
            most = round(limits.value(key) * limits.size(), 2)
            lines += each(
                "vent",
                "80 to 10 mmHg of",
                "s",
                0.05,
                most,
                limits.source(key),
                limits,
                Choice([i]),
            )
        return lines

    def run(self, bench: Bench, choice: Choice) -> None:
        if bench.stays_joined:
            self._by_looks(bench, choice)
            return
        bench.vent()
        bench.fill_to(choice.chambers, VENT_FROM_MMHG + 2)
        before = bench.settled()
        piece = bench.vent(seconds=4.5)
        # The vents open at the tick whose command shows it.
        start = int(np.argmax(piece.seal == 0))
        for i in choice.chambers:
            bench.keep("vent", i, piece)
            mmhg = piece.mmhg[start:, i]
            low = np.flatnonzero(mmhg < VENTED_MMHG)
            line = choice.line(f"vent.{bench.boots.names[i]}")
            if not len(low):
                line.fail(f"not below {VENTED_MMHG:g} mmHg within {len(mmhg) * TICK_S:.1f} s")
                continue
            line.measure(low[0] * TICK_S, TICK_S, f"from {before[i]:.0f} mmHg")

    def _by_looks(self, bench: Bench, choice: Choice) -> None:
        """Open for a while, then join and measure what is left: 10 mmHg is reached between two looks."""
        for i in choice.chambers:
            bit = 1 << i
            line = choice.line(f"vent.{bench.boots.names[i]}")
            most_s = 1.5 * (line.most or 4.0)
            open_s, left_mmhg = [0.0], [VENT_FROM_MMHG]
            for share in LOOKS:
                bench.fill_to([i], VENT_FROM_MMHG)
                before_s = round(share * most_s, 2)
                bench.act(
                    before_s + LOOK_S,
                    seal=0,
                    then_fill=bit,
                    then_seal=bench.kept(bit),
                    run_ms=round(before_s * 1000),
                )
                open_s.append(before_s)
                left_mmhg.append(float(bench.settled(LOOK_S - 0.15)[i]))
                bench.vent([i], seconds=4.0)
                if left_mmhg[-1] < VENTED_MMHG:
                    break
            if left_mmhg[-1] >= VENTED_MMHG:
                line.fail(f"still {left_mmhg[-1]:.0f} mmHg after {open_s[-1]:.1f} s")
                continue
            # Air leaves at a speed that is proportional to the root of the pressure.
            root = np.sqrt(np.clip(left_mmhg, 0.0, None))
            share = (root[-2] - VENTED_MMHG**0.5) / (root[-2] - root[-1])
            step_s = open_s[-1] - open_s[-2]
            line.measure(open_s[-2] + share * step_s, step_s / 6, f"of {len(left_mmhg) - 1} looks")
