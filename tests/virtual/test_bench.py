"""The bench over the real console link: the same steps, the same lines, on the firmware itself."""

import pytest

from host_tools.bench.run import run_suite
from host_tools.bench.virtual_target import VirtualTarget
from host_tools.boards import load_board
from host_tools.plant.spec import load_plant
from soleus.core.session import DONE
from tests.virtual.rig import DEVKIT


def test_steps_on_a_virtual_board() -> None:
    target = VirtualTarget(load_board(DEVKIT), load_plant("nominal"), 1)
    try:
        run = run_suite(target, "quick", chambers=["left.foot", "left.calf"])
        assert [(line.key, line.shown, line.note) for line in run.failed] == []
        assert target.gaps_count == 0
        watchdog = run_suite(target, "watchdog", chambers=["left.foot"])
        assert [(line.key, line.note) for line in watchdog.failed] == []
        assert target.state() == DONE or target.machine.is_vented()
    finally:
        target.close()


@pytest.mark.parametrize(
    ("do", "arguments", "said"),
    [
        ("actuate", {"act": {"seal": 1, "for_ms": 100}}, "actuate: not while idle"),
        ("actuate", {}, "a table"),
    ],
)
def test_nothing_moves_outside_of_service(do: str, arguments: dict[str, object], said: str) -> None:
    target = VirtualTarget(load_board(DEVKIT), load_plant("nominal"), 1)
    try:
        assert said in target.console.ask(do, **arguments)["error"]
        assert target.machine.is_vented()
    finally:
        target.close()
