"""What the plant's tests share: boots, commands, and a rig that runs them."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from host_tools.plant.faults import parse_fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.plant import Plant


class Boots:
    """As much of `soleus.core.basics.boots.Boots` as the plant looks at."""

    NAMES: ClassVar = {3: ("foot", "calf", "thigh"), 5: ("foot", "ankle", "calf", "knee", "thigh")}
    ZONES: ClassVar = {3: (0, 1, 2), 5: (0, 1, 1, 2, 2)}

    def __init__(
        self,
        legs: int = 2,
        per_leg: int = 5,
        three_way: bool = False,
        manifold: bool = False,
        manifold_too: bool = False,
        gate: bool = False,
    ) -> None:
        self.legs = legs
        self.chambers_per_leg = per_leg
        self.count = legs * per_leg
        self.zone_of = list(self.ZONES[per_leg]) * legs
        self.names = [f"{leg}.{name}" for leg in ("left", "right")[:legs] for name in self.NAMES[per_leg]]
        self.is_three_way = three_way
        self.has_manifold_sensor_only = manifold
        self.has_manifold_sensor_too = manifold_too
        self.has_gate = gate

    @property
    def sensors_count(self) -> int:
        return 1 if self.has_manifold_sensor_only else self.count + self.has_manifold_sensor_too


class Commands:
    def __init__(self) -> None:
        self.fill_bits = 0
        self.seal_bits = 0
        self.pump_permille = 0
        self.gate_on = 0


class Readings:
    def __init__(self, count: int) -> None:
        self.chamber_pa = [0] * count
        self.manifold_pa = 0
        self.supply_mv = 0
        self.missing_bits = 0


class Rig:
    """A drawn plant whose commands a test sets; it notes the pressures after every tick."""

    def __init__(
        self,
        boots: Boots | None = None,
        plant: str | PlantSpec = "nominal",
        seed: int = 1,
        faults: Iterable[str] = (),
    ) -> None:
        self.boots = boots or Boots()
        spec = load_plant(plant) if isinstance(plant, str) else plant
        self.plant: Plant = draw_plant(spec, self.boots, seed)
        for text in faults:
            self.plant.set_fault(parse_fault(text, self.boots, has_bus=True))
        self.commands = Commands()
        self.commands.gate_on = 1
        self.readings = Readings(self.boots.count)
        self.all_bits = (1 << self.boots.count) - 1
        self.trace: list[np.ndarray] = []
        self.manifold: list[float] = []

    @property
    def pressure(self) -> np.ndarray:
        return self.plant.truth.pressure_mmhg

    def command(self, fill: int = 0, seal: int | None = None, pump: int = 0) -> "Rig":
        self.commands.fill_bits = fill
        self.commands.seal_bits = self.all_bits if seal is None else seal
        self.commands.pump_permille = pump
        return self

    def run(self, seconds: float) -> "Rig":
        for _ in range(round(seconds * 100)):
            self.tick()
        return self

    def tick(self) -> None:
        self.plant.tick(self.commands, self.readings)
        self.trace.append(self.pressure.copy())
        self.manifold.append(self.plant.truth.manifold_mmhg)

    def seconds_until(self, is_reached: Any, most_s: float = 60.0) -> float:
        """How long until `is_reached(rig)`; fails the test when it takes too long."""
        for k in range(round(most_s * 100)):
            self.tick()
            if is_reached(self):
                return (k + 1) * 0.01
        raise AssertionError(f"not reached within {most_s} s: {self.pressure}")

    def filled(self, chamber: int, mmhg: float) -> "Rig":
        """Fill one chamber, hold it, stop the pump."""
        self.command(1 << chamber, pump=1000)
        self.seconds_until(lambda rig: rig.pressure[chamber] >= mmhg)
        return self.command()

    def air_ml(self) -> float:
        truth = self.plant.truth
        return float(truth.air_ml.sum() + self.plant.hoses.air_ml.sum() + truth.manifold_air_ml)
