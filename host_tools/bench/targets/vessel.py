"""What a person does at a simulated machine: a hose goes from its boot to a rigid vessel, and back."""

import numpy as np

from host_tools.plant.plant import Plant

_OF_A_BOOT = (
    *("dead_ml", "slack_ml", "compliance", "leak", "creep_full", "blood_ml", "creep_ml", "squeezed_ml"),
    *("heat_ml", "air_ml", "pressure_mmhg", "from_below", "from_above", "room_ml"),
)


class Vessel:
    def __init__(self) -> None:
        self._boots: dict[str, np.ndarray] = {}

    def plug(self, plant: Plant, chamber: int, vessel_ml: float) -> None:
        chambers = plant.chambers
        self._boots = {name: getattr(chambers, name).copy() for name in _OF_A_BOOT}
        for name in _OF_A_BOOT:
            getattr(chambers, name)[chamber] = 0.0
        chambers.dead_ml[chamber] = chambers.air_ml[chamber] = vessel_ml
        below, above = chambers.below[chamber], chambers.above[chamber]
        if below != chamber:
            chambers.from_above[below] = 0.0
        if above != chamber:
            chambers.from_below[above] = 0.0

    def unplug(self, plant: Plant) -> None:
        for name, values in self._boots.items():
            getattr(plant.chambers, name)[:] = values
        self._boots = {}
