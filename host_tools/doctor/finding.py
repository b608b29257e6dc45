"""One line of what a doctor found, and what a person can do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    what: str
    found: str
    to_do: str = ""
    """Empty where all is well."""
    hint: str = ""
    """What could be done next, though nothing is wrong."""
