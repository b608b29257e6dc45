"""From a plant file's ranges to one plant: every number is drawn by its name."""

import zlib
from typing import Any

import numpy as np

from host_tools.plant.files.differences import cross_hoses, differ
from host_tools.plant.files.sense import refuse_squeezed
from host_tools.plant.files.spec import HystereticSpec, PlantSpec, Range
from host_tools.plant.legs import EPISODES, Legs
from host_tools.plant.parts.chambers import Chambers
from host_tools.plant.parts.cloth import Cloth
from host_tools.plant.parts.manifold import Manifold
from host_tools.plant.parts.network import Hoses, Network
from host_tools.plant.parts.noise import TABLE_SIZE, Noise
from host_tools.plant.parts.pump import Pump
from host_tools.plant.parts.sensors import Sensors
from host_tools.plant.parts.supply import CoilPower, Supply
from host_tools.plant.parts.units import CHAMBERS_DESCRIBED, ML_S_PER_L_MIN, NEVER_MS
from host_tools.plant.parts.valves import Valves
from host_tools.plant.plant import Plant

MS_PER_MIN = 60_000.0
# One or two large chambers to a leg get larger valves and hoses than four or five.
CHAMBERS_ON_USUAL_VALVES = 4.0
_SECOND_KIND = (
    "give_share", "play_mmhg", "fast_creep_share", "fast_creep_s", "slow_creep_share", "slow_creep_s",
)  # fmt: skip


def draw_plant(spec: PlantSpec, boots: Any, seed: int) -> Plant:
    """A plant for these boots, with numbers drawn from the ranges by `seed`."""
    dice = _Dice(seed)
    plant = Plant(
        int(bool(boots.has_gate)),
        _pump(spec, dice),
        _manifold(spec, dice),
        _valves(spec, boots, dice),
        _hoses(spec, boots, dice),
        _chambers(spec, boots, dice),
        _legs(spec, boots, dice),
        _sensors(spec, boots, dice),
        _supply(spec, dice),
        _coils(spec, dice),
        Network(spec.integration.steady_substeps, spec.integration.moving_substeps),
        _noise(dice),
    )
    plant.one_shot_ms = spec.one_shot_ms
    for name in spec.at:
        differ(plant, spec.at[name], name, boots, dice.numbers)
    cross_hoses(plant, {name: at.hose_to for name, at in spec.at.items() if at.hose_to}, boots)
    refuse_squeezed(plant, boots.names)
    return plant


class _Dice:
    """Each name has its own stream of random numbers, so that widening one range changes no other draw."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self.seed, zlib.crc32(name.encode())]))

    def number(self, name: str, drawn: Range) -> float:
        return float(self.numbers(name, drawn, 1)[0])

    def numbers(self, name: str, drawn: Range, count: int) -> np.ndarray:
        return drawn.low + (drawn.high - drawn.low) * self.stream(name).random(count)


def _pump(spec: PlantSpec, dice: _Dice) -> Pump:
    pump = spec.pump
    return Pump(
        dice.number("pump.free_flow", pump.free_flow_l_min) * ML_S_PER_L_MIN,
        dice.number("pump.stall", pump.stall_mmhg),
        dice.number("pump.time_constant", pump.time_constant_ms),
        dice.number("pump.stiction", pump.stiction_duty) * 1000.0,
        dice.number("pump.ripple", pump.ripple),
        dice.number("pump.ripple_hz", pump.ripple_hz),
        dice.number("pump.idle", pump.idle_w),
        dice.number("pump.load", pump.load_w_per_mmhg),
        dice.number("supply.nominal", spec.supply.nominal_v),
    )


def _manifold(spec: PlantSpec, dice: _Dice) -> Manifold:
    manifold = spec.manifold
    return Manifold(
        dice.number("manifold.volume", manifold.volume_ml),
        dice.number("manifold.leak", manifold.leak),
        dice.number("manifold.relief", manifold.relief_mmhg),
        dice.number("manifold.relief_k", manifold.relief_k),
    )


def _valves(spec: PlantSpec, boots: Any, dice: _Dice) -> Valves:
    fill, vent, count = spec.valve.fill, spec.valve.vent, boots.count
    second = _second_kind(spec)
    stick_ms = [
        dice.numbers(f"hysteretic.{kind}.stick", second.stick_ms, count) if second else np.zeros(count)
        for kind in ("fill", "vent")
    ]

    def each(key: str) -> np.ndarray:
        fills = dice.numbers(f"valve.fill.{key}", getattr(fill, key), count)
        vents = dice.numbers(f"valve.vent.{key}", getattr(vent, key), count)
        return fills if boots.is_three_way else np.concatenate([fills, vents])

    return Valves(
        count,
        int(bool(boots.is_three_way)),
        each("on_ms"),
        each("off_ms"),
        each("travel_ms"),
        each("jitter_ms"),
        _bore(boots) * dice.numbers("valve.fill.conductance", fill.conductance, count),
        _bore(boots) * dice.numbers("valve.vent.conductance", vent.conductance, count),
        dice.number("coil.drop_out", spec.valve.coil.drop_out_v),
        np.concatenate([stick_ms[0]] if boots.is_three_way else stick_ms),
    )


def _hoses(spec: PlantSpec, boots: Any, dice: _Dice) -> Hoses:
    second = _second_kind(spec)
    return Hoses(
        _bore(boots) * dice.numbers("hose", spec.hose.conductance, boots.count),
        dice.number("hysteretic.hose", second.hose_ml) if second else 0.0,
    )


def _second_kind(spec: PlantSpec) -> HystereticSpec | None:
    """The table of a leg of the second kind; None where the leg is elastic."""
    return spec.hysteretic if spec.leg.model == "hysteretic" else None


def _bore(boots: Any) -> float:
    return max(1.0, CHAMBERS_ON_USUAL_VALVES / float(boots.chambers_per_leg))


def _chambers(spec: PlantSpec, boots: Any, dice: _Dice) -> Chambers:
    zones = [spec.chamber.foot, spec.chamber.calf, spec.chamber.thigh]
    size = CHAMBERS_DESCRIBED / boots.chambers_per_leg

    def each(key: str) -> np.ndarray:
        ranges = [getattr(zones[zone], key) for zone in boots.zone_of]
        low, high = np.array([r.low for r in ranges]), np.array([r.high for r in ranges])
        return low + (high - low) * dice.stream(f"chamber.{key}").random(boots.count)

    # Soft flesh holds the blood: a leg's share goes by the chambers' compliance.
    compliance = each("compliance_ml_mmhg").reshape(boots.legs, boots.chambers_per_leg)
    creep_share, creep_s = each("creep_share"), each("creep_s")
    give_share = play_mmhg = slow_share = np.zeros(boots.count)
    slow_s = np.ones(boots.count)
    if second := _second_kind(spec):
        give_share, play_mmhg, creep_share, creep_s, slow_share, slow_s = (
            dice.numbers(f"hysteretic.{key}", getattr(second, key), boots.count) for key in _SECOND_KIND
        )
    full_compliance = each("compliance_ml_mmhg") * size
    leg_blood_ml = dice.numbers("leg.blood", spec.leg.blood_ml, boots.legs).reshape(boots.legs, 1)
    blood_ml = leg_blood_ml * compliance / compliance.sum(axis=1, keepdims=True)
    return Chambers(
        boots.chambers_per_leg,
        each("dead_ml") * size,
        each("slack_ml") * size,
        each("slack_mmhg"),
        full_compliance * (1.0 - give_share),
        each("coupling_ml_mmhg") * size,
        each("leak") * size,
        creep_share,
        creep_s,
        blood_ml.ravel(),
        dice.number("leg.blood_out", spec.leg.blood_out_s),
        dice.number("leg.blood_back", spec.leg.blood_back_s),
        dice.number("air.warmth", spec.air.warmth_share),
        dice.number("air.cooling", spec.air.cooling_s),
        Cloth(full_compliance * give_share, play_mmhg),
        slow_share,
        slow_s,
    )


def _legs(spec: PlantSpec, boots: Any, dice: _Dice) -> Legs:
    leg, shape = spec.leg, (boots.legs, EPISODES)

    def each(name: str, drawn: Range) -> np.ndarray:
        return dice.numbers(name, drawn, boots.legs * EPISODES).reshape(shape)

    per_min = dice.number("leg.movements", leg.movements_per_min)
    gaps = dice.stream("leg.gaps").standard_exponential(shape)
    return Legs(
        boots.legs,
        boots.chambers_per_leg,
        CHAMBERS_DESCRIBED / boots.chambers_per_leg,
        gaps * MS_PER_MIN / per_min if per_min > 0.0 else np.full(shape, NEVER_MS),
        each("leg.rise", leg.movement_rise_s) * 1000.0,
        each("leg.hold", leg.movement_hold_s) * 1000.0,
        each("leg.bulge", leg.movement_ml),
        dice.numbers("leg.share", Range(0.3, 1.0), EPISODES),
    )


def _sensors(spec: PlantSpec, boots: Any, dice: _Dice) -> Sensors:
    sensor = spec.sensor
    count = boots.sensors_count
    range_mmhg = dice.number("sensor.range", sensor.range_mmhg)
    return Sensors(
        _manifold_index(boots),
        int(sensor.missing == "silent"),
        range_mmhg,
        dice.number("sensor.floor", sensor.floor_share) * range_mmhg,
        dice.number("sensor.count", sensor.count_pa),
        dice.numbers("sensor.lag", sensor.lag_ms, count),
        1.0 + dice.numbers("sensor.gain", sensor.gain_error, count),
        dice.numbers("sensor.offset", sensor.offset_mmhg, count),
        dice.numbers("sensor.bow", sensor.bow_mmhg, count),
        dice.numbers("sensor.noise", sensor.noise_mmhg, count),
        sensor.turns,
    )


def _manifold_index(boots: Any) -> int:
    if boots.has_manifold_sensor_only:
        return 0
    return boots.count if boots.has_manifold_sensor_too else -1


def _supply(spec: PlantSpec, dice: _Dice) -> Supply:
    supply = spec.supply
    return Supply(
        dice.number("supply.full", supply.full_v),
        dice.number("supply.empty", supply.empty_v),
        dice.number("supply.capacity", supply.capacity_wh),
        dice.number("supply.charge", supply.charge),
        dice.number("supply.ohm", supply.ohm),
        dice.number("supply.electronics", supply.electronics_w),
    )


def _coils(spec: PlantSpec, dice: _Dice) -> CoilPower:
    coil = spec.valve.coil
    return CoilPower(
        dice.number("coil.pull", coil.pull_w),
        dice.number("coil.hold", coil.hold_share),
        dice.number("coil.pull_ms", coil.pull_ms),
    )


def _noise(dice: _Dice) -> Noise:
    # A xorshift must not start at zero.
    state = int(dice.stream("noise.state").integers(1, 2**32))
    return Noise(dice.stream("noise.table").standard_normal(TABLE_SIZE), state)
