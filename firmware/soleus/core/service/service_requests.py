"""What a bench may ask for: an act of a table, or a `SettingError` that says what is wrong with it.

Apart from the service itself, so that a chip holds it only while a bench is there.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import FILL_MOST_MS, SERVICE_ACT_MOST_MS, TARGET_LEAST_PA
from soleus.core.service.service import ACT_COAST_MOST_MS, Act


def act_from(table: dict, boots: Boots) -> Act:
    act = Act()
    all_bits = boots.all_bits
    act.fill_bits = _whole(table, "fill", 0, all_bits, 0)
    act.seal_bits = _whole(table, "seal", 0, all_bits, 0)
    act.then_fill_bits = _whole(table, "then_fill", 0, all_bits, act.fill_bits)
    act.then_seal_bits = _whole(table, "then_seal", 0, all_bits, act.seal_bits)
    _refuse_open(boots, "seal", act.fill_bits, act.seal_bits)
    _refuse_open(boots, "then_seal", act.then_fill_bits, act.then_seal_bits)
    most_pa = boots.target_most_pa
    act.for_ms = _whole(table, "for_ms", 10, SERVICE_ACT_MOST_MS, 0)
    act.pump_permille = _whole(table, "pump", 0, 1000, 0)
    act.stop_pa = _whole(table, "stop_pa", 0, most_pa, 0)
    act.coast_ms = _whole(table, "coast_ms", 0, ACT_COAST_MOST_MS, 0)
    act.limit_pa = _whole(table, "limit_pa", TARGET_LEAST_PA, most_pa, max(act.stop_pa, TARGET_LEAST_PA))
    run_most_ms = FILL_MOST_MS if act.pump_permille else SERVICE_ACT_MOST_MS
    act.run_ms = _whole(table, "run_ms", 0, run_most_ms, min(act.for_ms, run_most_ms))
    if act.pump_permille and not act.fill_bits:
        raise SettingError("fill", 0, "at least one chamber: a pump never runs against closed valves")
    if act.pump_permille and act.stop_pa == 0:
        raise SettingError("stop_pa", 0, "the pressure at which the pump stops")
    for key in table:
        if key not in _KEYS:
            raise SettingError(key, table[key], "one of " + ", ".join(_KEYS))
    return act


_VALVE_KEYS = ("fill", "seal", "then_fill", "then_seal")
_KEYS = _VALVE_KEYS + ("pump", "stop_pa", "limit_pa", "run_ms", "coast_ms", "for_ms")


def _refuse_open(boots: Boots, key: str, fill_bits: int, seal_bits: int) -> None:
    if boots.is_three_way:
        if seal_bits:
            raise SettingError(key, seal_bits, "0: these valves have no vent of their own to close")
    elif fill_bits & ~seal_bits:
        raise SettingError(key, seal_bits, "every chamber that is filled: its vent must be closed")


def _whole(table: dict, key: str, least: int, most: int, otherwise: int) -> int:
    value = table.get(key, otherwise)
    if type(value) is not int or not least <= value <= most:
        raise SettingError(key, value, "a whole number from {} to {}".format(least, most))
    return value
