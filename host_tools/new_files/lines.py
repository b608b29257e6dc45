"""Lines of TOML, each with a comment beside it."""

import json
from collections.abc import Mapping
from typing import Any

# A comment that would begin further right stands above its line.
LINE_MOST_CHARACTERS = 110
# Right under no key: what a check says to it is what the key may be.
WRONG = -1
# Beside a text, that a text belongs there.
SAYS_NOTHING = ("", "text")


def toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    # What JSON writes of a text, a number or a flag is TOML, too.
    return json.dumps(value, ensure_ascii=False)


def line(key: str, value: Any, comment: str, is_asleep: bool = False) -> str:
    """A line that is asleep is a comment itself: whoever wants it takes its `# ` away."""
    text = f"{'# ' if is_asleep else ''}{key} = {toml_value(value)}"
    if comment in SAYS_NOTHING:
        return text
    beside = f"{text}  # {comment}"
    return beside if len(beside) <= LINE_MOST_CHARACTERS else f"# {comment}\n{text}"
