"""Times as a person writes them: `60s`, `12.5s`, `5min`, or `5m` for short."""

import re

from host_tools.basics.errors import InputError

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|min)")


def time_ms(file: str, key: str, text: str) -> int:
    match = _TIME.fullmatch(text)
    if not match:
        raise InputError(file, key, text, "a time such as 60s, 12.5s or 5min")
    return round(float(match[1]) * (1_000 if match[2] == "s" else 60_000))
