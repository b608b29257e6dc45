"""How near each guard is to its limit, from the core's own counters."""

from collections.abc import Callable

from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.safety.requirements import REQUIREMENTS
from soleus.core.basics import limits
from soleus.core.basics.boots import Boots
from soleus.core.controller import Controller
from soleus.core.guards.second_opinion import SecondOpinion
from soleus.core.guards.shared_air import SensorsDisagree

# What is counted or measured, and the limit; None: nothing is known.
Near = tuple[float, float] | None


def near_in_core(controller: Controller, dt_ms: int) -> list[Near]:
    """For each requirement, in their order: what its guard has counted so far."""
    return [rounded(_IN_CORE[each.code](controller, dt_ms)) for each in REQUIREMENTS]


def _over_target(controller: Controller, _: int) -> Near:
    smooth_pa, target_pa = controller.gauges.smooth_pa, controller.sequencer.target_pa
    over_pa = [p - t for p, t in zip(smooth_pa, target_pa, strict=True) if t > 0]
    return _mmhg(max([0, *over_pa])), _mmhg(limits.OVER_TARGET_PA)


def _over_trip(controller: Controller, _: int) -> Near:
    return _mmhg(max(controller.gauges.smooth_pa)), _mmhg(limits.OVER_TRIP_PA)


def _pressed(controller: Controller, _: int) -> Near:
    guard = controller.guards.prolonged
    since = [guard.clock_ms - ms for i, ms in enumerate(guard.since_ms) if guard.pressed_bits >> i & 1]
    return max([0, *since]) / 1000, limits.PRESSED_MOST_MS / 1000


def _below_zero(controller: Controller, _: int) -> Near:
    gauges = controller.gauges
    if not gauges.is_zeroed:
        return 0.0, _mmhg(limits.ZERO_DRIFT_MOST_PA)
    return _mmhg(max(0, -min(gauges.smooth_pa))), _mmhg(limits.ZERO_DRIFT_MOST_PA)


def _filling(controller: Controller, _: int) -> Near:
    """The chamber whose fill has used the largest part of its time."""
    guard = controller.guards.fill_timeout
    spans = [
        (us / 1_000_000, (learned or limits.FILL_MOST_MS) / 1000)
        for us, learned in zip(controller.regulator.ledger.fill_share_us, guard.learned_limit_ms, strict=True)
    ]
    return max(spans, key=lambda span: span[0] / span[1])


def _leaking(controller: Controller, _: int) -> Near:
    ledger = controller.regulator.ledger
    costs = [
        us / ms for us, ms in zip(ledger.dose_us, ledger.held_ms, strict=True) if ms >= limits.LEAK_HELD_MS
    ]
    return max([0.0, *costs]), float(limits.LEAK_MOST_PERMILLE)


def _emptying(controller: Controller, _: int) -> Near:
    gauges = controller.gauges
    bits = gauges.overview.unvented_bits & gauges.overview.seen_bits
    open_ms = [gauges.emptying.vented_for_ms(i) for i in range(controller.boots.count) if bits >> i & 1]
    return max([0, *open_ms]) / 1000, limits.VENT_MOST_MS / 1000


def _late(controller: Controller, dt_ms: int) -> Near:
    commands = controller.commands
    is_vented = not (commands.fill_bits or commands.seal_bits or commands.pump_permille)
    return dt_ms, limits.TICK_VENTED_MOST_MS if is_vented else limits.TICK_MOST_MS


def _rising(controller: Controller, _: int) -> Near:
    guard = controller.guards.active.rises_unasked
    high_ms = [ms for i, ms in enumerate(guard.high_ms) if guard.rising_bits >> i & 1]
    return max([0, *high_ms]), limits.RISES_MS


def _still(controller: Controller, _: int) -> Near:
    guard = controller.guards.active.sensor_stuck
    same_ms = [ms for i, ms in enumerate(guard.same_ms) if guard.same_bits >> i & 1]
    return max([0, *same_ms]), limits.STUCK_MS


def _supply(boots: Boots, supply_v: float) -> Near:
    """Counted upside down: the limit is the least that is allowed."""
    return (supply_v, boots.supply_least_mv / 1000) if boots.supply_least_mv else None


_IN_CORE: dict[str, Callable[[Controller, int], Near]] = {
    "E01": _over_target,
    "E02": _over_trip,
    "E03": _pressed,
    "E11": lambda core, _: (max(core.guards.sensor_range.bad_ms), limits.READING_BAD_MS),
    "E12": lambda core, _: (max(core.guards.sensor_range.silent_ms), limits.READING_BAD_MS),
    "E13": _below_zero,
    "E14": _still,
    "E15": lambda core, _: (max(core.guards.active.sensor_erratic.jump_count), limits.JUMP_COUNT),
    "E16": lambda core, _: (
        (core.guards.active.sensors_apart.apart_ms, limits.DISAGREE_MS)
        if isinstance(core.guards.active.sensors_apart, SensorsDisagree)
        else None
    ),
    "E17": lambda core, _: (
        (core.guards.fill_timeout.high_ms, limits.APART_MS)
        if isinstance(core.guards.fill_timeout, SecondOpinion)
        else None
    ),
    "E21": _filling,
    "E22": lambda core, _: (max(core.regulator.ledger.collapse_count), limits.COLLAPSE_COUNT),
    "E23": _leaking,
    "E31": _emptying,
    "E32": _rising,
    "E41": _late,
    "E42": lambda core, _: (
        core.guards.active.session_cap.energised_ms / 60_000,
        limits.SESSION_CAP_MS / 60_000,
    ),
    "E43": lambda core, _: (core.guards.late_tick.still_count, limits.STILL_TICKS_MOST),
    "E51": lambda core, _: (core.regulator.ledger.coast_rise_count, limits.RUNAWAY_COUNT),
    "E52": lambda core, _: (core.guards.fill_timeout.airless_count, limits.NO_AIR_COUNT),
    "E61": lambda core, _: _supply(core.boots, core.readings.supply_mv / 1000),
}


def _mmhg(pa: int) -> float:
    return pa / PA_PER_MMHG


def rounded(near: Near) -> Near:
    return near and (round(near[0], 2), round(near[1], 2))
