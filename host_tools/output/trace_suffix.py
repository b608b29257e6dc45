"""What a trace's file may be called, without the libraries that write one: a refusal must be quick."""

from pathlib import Path

from host_tools.basics.errors import InputError

OPTION = "--trace"
SUFFIXES = (".csv", ".parquet")


def check_suffix(path: str | Path) -> str:
    """Before a long run, too: a name that can't be written is told at once."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(OPTION, "", str(path), f"a name that ends in {' or '.join(SUFFIXES)}")
    return suffix
