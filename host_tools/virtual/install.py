"""Puts the application on a virtual board's flash, as `soleus flash` leaves it there."""

from collections.abc import Mapping
from pathlib import Path

from host_tools.catalogue.boards import Board
from host_tools.flash.board.chooser import files_on_board
from host_tools.flash.contents.application import application
from host_tools.flash.contents.packages import cached_package_sources
from host_tools.virtual.flash_image import FlashImage


def install(board: Board, flash: Path, packages: Mapping[str, Path] | None = None) -> None:
    """If `packages` is not given, uses the micropython-lib packages that were fetched before."""
    packages = cached_package_sources(board.table) if packages is None else packages
    FlashImage(flash).write(files_on_board(application(board, packages)))
