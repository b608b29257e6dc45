"""Checks the name of a trace's file without the libraries that write it: a refusal must be quick."""

from pathlib import Path

from host_tools.basics.errors import InputError

OPTION = "--trace"
SUFFIXES = (".csv", ".parquet")


def check_suffix(path: str | Path) -> str:
    """Called before a run, so that an unusable name is refused at once."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(OPTION, "", str(path), f"a name that ends in {' or '.join(SUFFIXES)}")
    return suffix
