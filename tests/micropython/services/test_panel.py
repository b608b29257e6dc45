"""The panel leads the same way in three interpreters, tap by tap."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.micropython.interpreters.run import INTERPRETERS
from tests.micropython.services.check_panel import walked

SCRIPT = Path(__file__).with_name("check_panel.py")


def taps() -> list[tuple[int, int]]:
    """Fifty ways of somebody who mostly knows what to press, and now and then presses two buttons at once."""
    chance = random.Random(19)
    ways: list[tuple[int, int]] = []
    for _ in range(50):
        ways += [(1, 600), (chance.choice([1, 4]), 600), *[(4, 600)] * chance.randint(3, 7), (1, 600)]
        ways += [(chance.randint(0, 15), chance.choice([20, 600, 70_000])) for _ in range(8)]
    return ways


@pytest.mark.parametrize("run", INTERPRETERS)
def test_every_tap_leads_to_the_same_place(run: Callable[..., str]) -> None:
    content = json.dumps(taps())
    here = json.loads(json.dumps(walked(json.loads(content))))
    there = json.loads(run(SCRIPT, files={"taps.json": content.encode()}, heap_bytes=1 << 20))
    assert there == here
    assert len({seen[0] for seen in here[:-1]}) > 6, "most places are seen"
