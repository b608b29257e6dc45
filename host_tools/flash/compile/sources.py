"""The firmware's sources, each read once in a process: what is compiled from them always fits together."""

from functools import cache
from pathlib import Path

from host_tools.basics.paths import FIRMWARE, SOLEUS_PACKAGE


@cache
def sources() -> dict[str, str]:
    """Every source of the firmware, by its name on a board."""
    entries = {file.name: file for file in sorted(FIRMWARE.glob("*.py"))}
    package = {file.relative_to(SOLEUS_PACKAGE.parent).as_posix(): file for file in _package_files()}
    return {name: file.read_text(encoding="utf-8") for name, file in (entries | package).items()}


@cache
def modules() -> dict[str, Path]:
    """Every module of the firmware's package, and its file."""
    names = {file: file.relative_to(SOLEUS_PACKAGE.parent).with_suffix("") for file in _package_files()}
    return {".".join(name.parts): file for file, name in names.items()}


def source_of(module: str) -> str:
    return sources()[f"{module.replace('.', '/')}.py"]


def _package_files() -> list[Path]:
    return sorted(SOLEUS_PACKAGE.rglob("*.py"))
