"""Text of others for the terminal: what would move its cursor or change its colours is shown, not sent."""

import unicodedata

_HARMLESS = "\n\t"


def is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in _HARMLESS


def visible(text: str) -> str:
    """The same text, with `\\x1b` and the like for each control character."""
    return "".join(c.encode("unicode_escape").decode() if is_control(c) else c for c in text)
