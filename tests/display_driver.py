"""micropython-lib's own display driver, for the tests: its half for I2C, as the package `ocks` carries it.

What version 0.1.0 of micropython-lib has besides (`SSD1306_SPI`, `rotate`, one more command while it
starts) isn't used; tests/virtual/display/test_display.py sends that command, too.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

NAME = "ssd1306"


def driver_file() -> Path:
    """Found, not imported: it runs on MicroPython only."""
    spec = find_spec("ocks")
    assert spec is not None, "the package ocks is not installed: run `make setup`"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "ssd1306.py"


def packages_folder(folder: Path) -> Path:
    """As `--packages` takes it."""
    package = folder / "packages" / NAME
    package.mkdir(parents=True)
    shutil.copy(driver_file(), package / "ssd1306.py")
    return package.parent
