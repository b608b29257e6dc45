"""Files in the checkout that a command makes: writes their content, or compares it."""

from collections.abc import Iterable
from pathlib import Path

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.basics.paths import CHECKOUT

# Path in the checkout -> content.
Files = dict[str, bytes]


def write(files: Files) -> None:
    for name, content in files.items():
        file = _place() / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)


def outdated(files: Files) -> list[str]:
    """The files that are missing or have another content."""
    return [name for name, content in files.items() if _content(_place() / name) != content]


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; all columns but the first are aligned to the right, for numbers."""
    headings = list(headings)
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _place() -> Path:
    if not (CHECKOUT / "docs").is_dir():
        raise InputError("docs", "", str(CHECKOUT), "a checkout of Soleus; an installed one has no docs/")
    return CHECKOUT
