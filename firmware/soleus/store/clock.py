"""A laptop tells the day and the time. Loaded for a moment, at rest."""

from soleus.basics.annotations import Any
from soleus.core.basics.errors import SettingError

_DAY_MOST = 99_999


def set_clock(front: Any, request: dict) -> dict:
    """The day's number and its second, as the laptop has them: from now on sessions are counted by days."""
    day, second = request.get("day"), request.get("second")
    if type(day) is not int or not 1 <= day <= _DAY_MOST:
        raise SettingError("day", day, "days since 1970, 1 to {}".format(_DAY_MOST))
    if type(second) is not int or not 0 <= second < 86_400:
        raise SettingError("second", second, "seconds of the day, 0 to 86399")
    clock = front.kept["clock"] = (day, second, front.app.controller.at_ms // 1000)
    if front.kept.get("left"):
        age(front.kept["left"], clock)
    # It tells the clock, too.
    front.app.recorder.header = b""
    front.close()
    return {"ok": True}


def age(left: dict, clock: tuple) -> None:
    """Now that a laptop has told the time, it is known when that session ended: see `left.over_power`."""
    day, second, at_s = clock
    if "minute" in left:
        left["at_s"] = at_s - (day * 1440 + second // 60 - left["minute"]) * 60
