"""Packages of micropython-lib, declared with their versions in firmware/package.json.

They come from a folder that a person gives, from the cache, or from MicroPython's package index, as with its
own installer `mip`, which understands firmware/package.json, too.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.cache_folder import cache_folder
from host_tools.basics.errors import InputError
from host_tools.basics.paths import FIRMWARE
from host_tools.flash.contents.download import fetch

DECLARATION = FIRMWARE / "package.json"
INDEX = "https://micropython.org/pi/v2"
# Drivers that only some boards need, and the table of the board file that needs each.
_NEEDED_BY = {"ssd1306": "display"}


def package_sources(table: Mapping[str, Any], folder: Path | None) -> dict[str, Path]:
    """The files of all packages that a board needs, by their names on the board."""
    found: dict[str, Path] = {}
    for name, version in needed_packages(table):
        home = _home(name, version, folder)
        files = _files(home)
        if not files:
            raise InputError(home, name, None, f"the .py files of {name} {version}")
        found |= files
    return found


def cached_package_sources(table: Mapping[str, Any]) -> dict[str, Path]:
    """Those that were fetched before; without the others the application says what it lacks."""
    found: dict[str, Path] = {}
    for name, version in needed_packages(table):
        found |= _files(_cached(name, version))
    return found


def needed_packages(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    declared = json.loads(DECLARATION.read_text(encoding="utf-8"))["deps"]
    return [(name, version) for name, version in declared if _NEEDED_BY.get(name, name) in table]


def _home(name: str, version: str, folder: Path | None) -> Path:
    """The folder with a package's files; if there is none yet, it is filled from the index."""
    if folder is not None:
        for candidate in (folder / f"{name}-{version}", folder / name):
            if candidate.is_dir():
                return candidate
        raise InputError(folder, f"{name}-{version}", None, f"a folder of this name with {name}'s .py files")
    cached = _cached(name, version)
    if not cached.exists():
        _download(name, version, cached)
    return cached


def _cached(name: str, version: str) -> Path:
    return cache_folder() / "packages" / f"{name}-{version}"


def _files(home: Path) -> dict[str, Path]:
    return {file.relative_to(home).as_posix(): file for file in sorted(home.rglob("*.py"))}


def _download(name: str, version: str, home: Path) -> None:
    url = f"{INDEX}/package/py/{name}/{version}.json"
    listing = json.loads(fetch(url, f"{name} {version}", "--packages FOLDER"))
    contents = {}
    for file_name, short_hash in listing.get("hashes", []):
        file_url = f"{INDEX}/file/{short_hash[:2]}/{short_hash}"
        content = fetch(file_url, f"{name} {version}", "--packages FOLDER")
        if not hashlib.sha256(content).hexdigest().startswith(short_hash):
            raise InputError(file_url, file_name, None, f"a file whose SHA-256 begins with {short_hash}")
        contents[file_name] = content
    for file_name, content in contents.items():
        file = home / file_name
        if not file.resolve().is_relative_to(home.resolve()):
            raise InputError(url, file_name, None, "a name inside the package")
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content)
