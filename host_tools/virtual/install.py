"""Puts the application on a virtual board's flash, as `soleus flash` leaves it there."""

from collections.abc import Mapping
from pathlib import Path

from host_tools.catalogue.boards import Board
from host_tools.flash.board.chooser import CHOOSER, POINTER
from host_tools.flash.contents.application import Application, application
from host_tools.flash.contents.packages import cached_package_sources
from host_tools.virtual.flash_image import FlashImage


def install(board: Board, flash: Path, packages: Mapping[str, Path] | None = None) -> None:
    """If `packages` is not given, uses the micropython-lib packages that were fetched before."""
    packages = cached_package_sources(board.table) if packages is None else packages
    FlashImage(flash).write(flash_files(application(board, packages)))


def flash_files(app: Application) -> dict[str, bytes]:
    """All files of a flashed board, by their paths on it."""
    slot = {f"/{app.slot}/{name}": content for name, content in app.files.items()}
    chooser = {f"/{name}": content for name, content in CHOOSER.items()}
    return {**slot, **chooser, f"/{POINTER}": app.slot.encode()}
