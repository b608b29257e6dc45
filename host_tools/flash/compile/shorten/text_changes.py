"""Changes names in a source where they stand, and leaves every line where it is."""

from collections.abc import Iterable

# Where a name stands (a line from 1, and a byte in it), the name, and the new one.
Change = tuple[int, int, str, str]


def changed(text: str, changes: Iterable[Change]) -> str:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    # From the end, so that what comes before stays where it was.
    for line, column, name, new_name in sorted(set(changes), reverse=True):
        before, after = lines[line - 1][:column], lines[line - 1][column + len(name.encode()) :]
        lines[line - 1] = before + new_name.encode() + after
    return b"".join(lines).decode()
