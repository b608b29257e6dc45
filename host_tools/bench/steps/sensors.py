"""Zero, noise and accuracy of the pressure sensors."""

import numpy as np

from host_tools.bench.measure.bench import COAST_MS, Bench, bits_of
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from host_tools.bench.steps.step import Choice, each
from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import ZERO_MOST_PA
from soleus.core.basics.units import mmhg_from_pa

LEVELS_MMHG = (30, 60, 90, 110)
ZERO_SOURCE = "core: ZERO_MOST_PA"


class Zero:
    """What each sensor shows with open vents, and how much noise it has."""

    name = "zero"
    title = "Sensor zero and noise"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most = mmhg_from_pa(ZERO_MOST_PA)
        noise, noise_source = limits.value("noise_most_mmhg"), limits.source("noise_most_mmhg")
        manifold = [
            Line("zero.manifold", "zero of manifold", "mmHg", -most, most, ZERO_SOURCE),
            Line("noise.manifold", "noise of manifold", "mmHg", 0.005, noise, noise_source),
        ]
        if limits.board.boots.has_manifold_sensor_only:
            return manifold
        lines = each("zero", "zero of", "mmHg", -most, most, ZERO_SOURCE, limits, choice) + each(
            "noise", "noise of", "mmHg", 0.005, noise, noise_source, limits, choice
        )
        return lines + manifold if limits.board.boots.has_manifold_sensor_too else lines

    def run(self, bench: Bench, choice: Choice) -> None:
        zeros = bench.target.zero_mmhg()
        piece = bench.wait(3.0)
        if bench.boots.has_manifold_sensor_only or bench.boots.has_manifold_sensor_too:
            choice.line("zero.manifold").measure(zeros[-1])
            choice.line("noise.manifold").measure(float(piece.manifold_mmhg.std()))
        if bench.boots.has_manifold_sensor_only:
            return
        for i in choice.chambers:
            name = bench.boots.names[i]
            choice.line(f"zero.{name}").measure(zeros[i])
            choice.line(f"noise.{name}").measure(float(piece.mmhg[:, i].std()))
            bench.keep("zero", i, piece, every=2)


class Accuracy:
    """All chambers joined to one resting manifold have the same pressure; a reference gauge shows it."""

    name = "accuracy"
    title = "Pressure accuracy against the reference gauge"
    person = "put the reference gauge on a tee in the hose of {first}"

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        most, source = limits.value("accuracy_mmhg"), limits.source("accuracy_mmhg")
        return [
            Line(f"accuracy.{level}.{name}", f"error at {level} mmHg, {name}", "mmHg", -most, most, source)
            for level in LEVELS_MMHG
            for name in sensor_names(limits.board.boots, choice.chambers).values()
        ]

    def run(self, bench: Bench, choice: Choice) -> None:
        bits = bits_of(choice.chambers)
        bench.fill_to(choice.chambers, LEVELS_MMHG[0])
        for level in LEVELS_MMHG:
            shown = joined_at(bench, choice.chambers, bits, level)
            true_mmhg = bench.target.gauge_mmhg(choice.chambers[0])
            for i, name in sensor_names(bench.boots, choice.chambers).items():
                note = f"at {true_mmhg:.1f} mmHg"
                choice.line(f"accuracy.{level}.{name}").measure(shown[i] - true_mmhg, note=note)
        bench.vent()


def sensor_names(boots: Boots, chambers: list[int]) -> dict[int, str]:
    """The sensors' names, by their places in what `Bench.settled_sensors` gives."""
    if boots.has_manifold_sensor_only:
        return {chambers[0]: "manifold"}
    names = {i: boots.names[i] for i in chambers}
    return {**names, boots.count: "manifold"} if boots.has_manifold_sensor_too else names


def joined_at(bench: Bench, chambers: list[int], bits: int, level: float) -> np.ndarray:
    """Pump into all of them together, and wait until no air flows any more."""
    stop_mmhg = min(level, 110)
    for _ in range(4):
        missing = level - float(np.median(bench.settled()[chambers]))
        if missing < 2.0:
            break
        bench.target.act(
            {
                "fill": bits, "seal": bench.kept(bits), "pump": 1000 if missing > 12 else 500,
                "stop_pa": int((stop_mmhg - 1.0) * PA_PER_MMHG), "limit_pa": 14_665, "coast_ms": COAST_MS,
                "run_ms": 40_000, "for_ms": 60_000,
            }
        )  # fmt: skip
        bench.sealed_bits = bench.kept(bits)
        bench.wait(0.2)
        bench.wait_for(bench.is_pump_off, 42.0)
        bench.wait(1.5)
    bench.act(2.5, fill=bits, seal=bench.kept(bits))
    return bench.settled_sensors(0.5)
