"""Names that a person may have meant instead of an unknown one."""

import difflib


def perhaps(name: str, names: list[str]) -> str:
    """`; perhaps a or b` for the end of a message; empty if no name is similar."""
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    return f"; perhaps {' or '.join(near)}" if near else ""
