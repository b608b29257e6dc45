"""Checks that what a board's files say makes sense; collects what has been learned, to be written.

Loaded at the start, by `set`, and after a session.
"""

from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.core.regulate.learned import COAST_LEAST_MS, COAST_MOST_MS, POUR_MOST_PERMILLE
from soleus.core.regulate.regulation import LEAD_MOST_PA, RISE_LEAST_PA_S, RISE_MOST_PA_S
from soleus.store.state_store import LEARNED_FILE

_DAY_MOST = const(10)

# Lists of the regulators, each with the least and the most that its numbers may be. A name stands for an
# attribute of the same object. No regulator has all of them.
_LEARNED = (
    ("coast_lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("shut_lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("lead_pa", -LEAD_MOST_PA, LEAD_MOST_PA),
    ("rise_pa_s", RISE_LEAST_PA_S, RISE_MOST_PA_S),
    ("fall_pa_s", RISE_LEAST_PA_S, RISE_MOST_PA_S),
    ("fall_at_pa", 0, "fall_at_most_pa"),
    ("drop_pa", 0, "drop_most_pa"),
    ("pour_permille", 0, POUR_MOST_PERMILLE),
    ("squeeze_permille", 0, "squeeze_most_permille"),
    ("coast_x10_ms", COAST_LEAST_MS * 10, COAST_MOST_MS * 10),
)


def settings_table(settings: Any) -> dict:
    return {
        "program": settings.program,
        "minutes": settings.minutes,
        "pressure_mmhg": settings.pressure_mmhg,
        "sound": settings.sound,
        "check_fill": settings.check_fill,
        "calibration": settings.calibration,
        "calibrated_on": settings.calibrated_on,
    }


def change(settings: Any, table: dict) -> None:
    known = settings_table(settings)
    for key in table:
        if key not in known:
            raise SettingError(key, table[key], "one of " + ", ".join(known))
        if type(table[key]) is not type(known[key]):
            raise SettingError(key, table[key], "of the kind of {!r}".format(known[key]))
    if not _are_point_pairs(table.get("calibration", [])):
        raise SettingError(
            "calibration", table["calibration"], "[[raw, pa], [raw, pa]] or null for each sensor"
        )
    if len(table.get("calibrated_on", "")) > _DAY_MOST:
        raise SettingError("calibrated_on", table["calibrated_on"], "a day, such as 2026-01-31")
    for key in table:
        setattr(settings, key, table[key])


def load_learned(table: dict, controller: Controller, on_warning: Callable) -> None:
    for learner, name, least, most in _learned_lists(controller):
        values = table.get(name)
        known = getattr(learner, name)
        if values is None:
            continue
        if not _are_numbers(values, len(known), least, most):
            on_warning("{}: {} makes no sense; defaults used".format(LEARNED_FILE, name))
            continue
        for index in range(len(known)):
            known[index] = values[index]


def learned(controller: Controller) -> dict:
    return {name: list(getattr(learner, name)) for learner, name, _, _ in _learned_lists(controller)}


def _are_numbers(values: object, count: int, least: int, most: int) -> bool:
    if not isinstance(values, list) or len(values) != count:
        return False
    return all(type(value) is int and least <= value <= most for value in values)


def _are_point_pairs(pairs: list) -> bool:
    for pair in pairs:
        if pair is None:
            continue
        if not isinstance(pair, list) or len(pair) != 2:
            return False
        if not all(_are_numbers(point, 2, -4_000_000, 4_000_000) for point in pair):
            return False
        if pair[1][0] <= pair[0][0] or pair[1][1] <= pair[0][1]:
            return False
    return True


def _learned_lists(controller: Controller) -> list:
    """The sealed regulator keeps apart what it learns; the shared one has little to keep."""
    regulator = controller.regulator
    learners = (
        [regulator.learned, regulator.sensing.estimator] if hasattr(regulator, "learned") else [regulator]
    )
    return [
        (learner, name, least, getattr(learner, most) if isinstance(most, str) else most)
        for name, least, most in _LEARNED
        for learner in learners
        if hasattr(learner, name)
    ]
