"""What a board can check without making pressure. Each result: a name, whether it is well, and the value."""

import gc

from micropython import const

from soleus.basics.annotations import Any
from soleus.core.basics.limits import READING_LEAST_PA, READING_MOST_PA, TICK_MOST_MS, ZERO_MOST_PA
from soleus.core.basics.signals import MANIFOLD_BIT
from soleus.core.basics.units import tenths_mmhg_from_pa

# Below this the app could not load a long program.
_HEAP_LEAST_BYTES = const(16_000)
_SUPPLY_LEAST_MV = const(9_000)


def self_test(app: Any) -> list:
    gc.collect()
    results = _sensors(app)
    results.append(["heap", gc.mem_free() >= _HEAP_LEAST_BYTES, gc.mem_free()])
    gap_ms = app.tick.gap_energised_ms
    results.append(["tick gap ms", gap_ms <= TICK_MOST_MS, gap_ms])
    results.append(["program", app.controller.session.duration_ms > 0, app.program_id])
    results.append(["stored files", not app.warnings, len(app.warnings)])
    if app.parts.battery:
        supply_mv = app.controller.readings.supply_mv
        results.append(["supply mV", supply_mv >= _SUPPLY_LEAST_MV, supply_mv])
    return results


def _sensors(app: Any) -> list:
    controller = app.controller
    readings = controller.readings
    boots = controller.boots
    results = []
    for index in range(0 if boots.has_manifold_sensor_only else boots.count):
        is_there = not readings.missing_bits >> index & 1
        results.append(_sensor(boots.names[index], is_there, readings.chamber_pa[index], app))
    if boots.has_manifold_sensor_only or boots.has_manifold_sensor_too:
        is_there = not readings.missing_bits & MANIFOLD_BIT
        results.append(_sensor("manifold", is_there, readings.manifold_pa, app))
    return results


def _sensor(name: str, is_there: bool, pa: int, app: Any) -> list:
    if not is_there:
        return ["sensor " + name, False, "no reading"]
    is_well = READING_LEAST_PA <= pa <= READING_MOST_PA
    if app.tick.is_at_rest():
        is_well = -ZERO_MOST_PA <= pa <= ZERO_MOST_PA
    return ["sensor " + name, is_well, "{:.1f} mmHg".format(tenths_mmhg_from_pa(pa) / 10)]
