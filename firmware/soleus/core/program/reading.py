"""How numbers and words of a program's table are read: each is what it should be, or a `SettingError`."""

from soleus.core.basics.errors import SettingError
from soleus.core.program.words import Span


def read_span(key: str, value: object, least: int, most: int) -> Span:
    """A whole number, or a table of `min`, `start` and `max`."""
    if not isinstance(value, dict):
        number = whole(key, value, least, most)
        return Span(number, number, number)
    refuse_unknown(key + ".", value, ("min", "start", "max"))
    low = whole(key + ".min", value.get("min"), least, most)
    high = whole(key + ".max", value.get("max"), low, most)
    return Span(low, whole(key + ".start", value.get("start", low), low, high), high)


def refuse_unknown(prefix: str, table: object, known: tuple) -> None:
    if not isinstance(table, dict):
        raise SettingError(prefix[:-1], table, "a table")
    for key in table:
        if key not in known:
            raise SettingError(prefix + key, table[key], "not a key here; known: " + ", ".join(known))


def whole(key: str, value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise SettingError(key, value, "a whole number from {} to {}".format(least, most))
    return value


def choice(key: str, value: object, choices: tuple) -> int:
    if value not in choices:
        raise SettingError(key, value, "one of " + ", ".join(choices))
    return choices.index(value)
