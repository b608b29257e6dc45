"""Files that are either whole or as they were: written beside their place, then moved there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host_tools.errors import InputError


def write_whole(option: str, path: Path, content: bytes) -> None:
    """`option` is the command line's name for this file, and says in an error which one it was."""
    with part_of(option, path) as part:
        part.write_bytes(content)


@contextmanager
def part_of(option: str, path: Path) -> Iterator[Path]:
    """The place to write; it becomes `path` when all went well, and nothing when it didn't."""
    part = part_path(path)
    try:
        with in_one_line(option, path):
            yield part
            os.replace(part, path)
    except BaseException:
        drop(part)
        raise


@contextmanager
def in_one_line(option: str, path: Path) -> Iterator[None]:
    """What the disk says against a file, as a person's input error."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(option, "", str(path), f"a place that can be written ({reason})") from None


def part_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def drop(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        # The reason for dropping it is being told already.
        return
