"""Puts the application on a virtual board's flash: what `soleus flash` writes, without slots."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from host_tools.basics.paths import FIRMWARE
from host_tools.catalogue.boards import Board
from host_tools.flash.contents.application import ENTRIES, application_files
from host_tools.flash.contents.packages import cached_package_sources


def install(board: Board, flash: Path, packages: Mapping[str, Path] | None = None) -> None:
    """If `packages` is not given, uses the micropython-lib packages that were fetched before."""
    packages = cached_package_sources(board.table) if packages is None else packages
    for name, content in application_files(board, packages).items():
        file = flash / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for entry in ENTRIES:
        # MicroPython starts these two as sources; a flashed board has its choosers in their place.
        (flash / entry).with_suffix(".mpy").unlink()
        shutil.copy(FIRMWARE / entry, flash)
