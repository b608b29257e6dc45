"""Files that exist whole or not at all: written under another name, then renamed."""

import os
import tempfile
from pathlib import Path

from host_tools.basics.errors import InputError


def write_whole(file: Path, content: bytes) -> None:
    """An older file of this name stays until the new one is complete."""
    try:
        if file.exists() and not file.is_file():
            # A pipe or a device must not be replaced by a file.
            file.write_bytes(content)
        else:
            _write_beside_and_rename(file.resolve(), content)
    except OSError as error:
        raise InputError(file, "", None, f"a file that can be written ({error.strerror})") from None


def _write_beside_and_rename(file: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The system tells the mask only when it is set."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
