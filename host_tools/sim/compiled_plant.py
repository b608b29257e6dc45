"""A compiled plant behind ordinary Python: commands in, readings out, as the plant itself would give them."""

from typing import Any

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim.compiled import (
    compile_for,
    compiled_once,
    compiled_plant,
    freeze,
    is_compiled,
    thaw,
)
from host_tools.sim.compiling.sources import PLANT
from soleus.core.basics.signals import Commands, Readings


class CompiledPlant:
    """Ticks like the plant that it was made from, which stands still until `thaw` brings it up to date."""

    @staticmethod
    def is_ready(plant: Plant) -> bool:
        """Has the plant been compiled already?"""
        return is_compiled([plant], PLANT)

    def __init__(self, plant: Plant, chamber_count: int) -> None:
        self._plant = plant
        signals = _Signals(chamber_count)
        with compiled_once([plant], PLANT):
            self._frozen, self._signals = freeze(plant, PLANT), freeze(signals, PLANT)
            compile_for(_tick, self._frozen, self._signals, 0, 0, 0, 0)
            self.thaw()
        # Arrays are shared with their frozen copies.
        self._chamber_pa = signals.chamber_pa
        self.truth = plant.truth
        self.now_ms, self.dt_ms, self.tick_ms = plant.now_ms, plant.dt_ms, plant.tick_ms

    def tick(self, commands: Commands, readings: Readings) -> None:
        truth = self.truth
        (
            self.now_ms,
            self.dt_ms,
            self.tick_ms,
            readings.manifold_pa,
            readings.supply_mv,
            readings.missing_bits,
            truth.manifold_max_mmhg,
            truth.pump_flow_ml_s,
            truth.supply_v,
        ) = _tick(
            self._frozen,
            self._signals,
            commands.fill_bits,
            commands.seal_bits,
            commands.pump_permille,
            commands.gate_on,
        )
        readings.chamber_pa[:] = self._chamber_pa.tolist()

    def thaw(self) -> None:
        """Bring the plant to where this one is."""
        thaw(self._frozen, self._plant, PLANT)

    def freeze(self) -> None:
        """Go on from where the plant is, after somebody has changed it."""
        self._frozen = freeze(self._plant, PLANT)


class _Signals:
    """What crosses the line between core and plant, apart from the core's own classes."""

    def __init__(self, chamber_count: int) -> None:
        self.fill_bits = 0
        self.seal_bits = 0
        self.pump_permille = 0
        self.gate_on = 0
        self.chamber_pa = np.zeros(chamber_count, np.int64)
        self.manifold_pa = 0
        self.supply_mv = 0
        self.missing_bits = 0


@compiled_plant
def _tick(plant: Any, signals: Any, fill_bits: int, seal_bits: int, pump_permille: int, gate_on: int) -> Any:
    signals.fill_bits = fill_bits
    signals.seal_bits = seal_bits
    signals.pump_permille = pump_permille
    signals.gate_on = gate_on
    plant.tick(signals, signals)
    truth = plant.truth
    return (
        plant.now_ms,
        plant.dt_ms,
        plant.tick_ms,
        signals.manifold_pa,
        signals.supply_mv,
        signals.missing_bits,
        truth.manifold_max_mmhg,
        truth.pump_flow_ml_s,
        truth.supply_v,
    )
