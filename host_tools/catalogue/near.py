"""What a person may have meant with a name that stands in no list."""

import difflib


def perhaps(name: str, names: list[str]) -> str:
    """`perhaps a or b; `, for a message, or nothing if no name is like it."""
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    return f"perhaps {' or '.join(near)}; " if near else ""
