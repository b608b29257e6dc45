"""One thing that is wrong with a board."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The key, the value found there, and what would be right."""

    key: str
    value: object
    expected: str
