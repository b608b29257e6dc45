"""The drivers in two real MicroPythons: the chip's arithmetic, on pins and chips made of Python."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.micropython.interpreters.run import INTERPRETERS

SCRIPT = Path(__file__).with_name("check_drivers.py")


@pytest.mark.parametrize("run", INTERPRETERS)
def test_drivers(run: Callable[..., str]) -> None:
    assert int(run(SCRIPT).split()[0]) >= 17
