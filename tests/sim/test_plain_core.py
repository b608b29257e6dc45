"""A plain core with a compiled plant gives the same session bit for bit, and leaves the plant compiled."""

import pytest

from host_tools.sim import simulate
from host_tools.sim.compiling.sources import EVERYTHING, PLANT
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.request import prepare
from host_tools.sim.run_compiled import CompiledRun

# Faults and presses, for the rarer paths of core and plant.
FAULTS = ["hose.left.calf:leak@30s", "clock:wrong@40s", "leg.left:move@50s", "supply:intermittent@60s+5s"]
EVENTS = ["louder@20s", "pause@80s", "resume@85s", "softer@95s", "stop@110s", "clear@120s"]
BOARDS = ("esp32-s3-duo", "esp32-c3-manifold")


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize(("faults", "events"), [([], ["stop@70s"]), (FAULTS, EVENTS)])
def test_a_plain_core_gives_the_same_session(
    board: str, faults: list[str], events: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = prepare("plain-sequential", board, "nominal", fault=faults, event=events, seed=5)
    fast = simulate.run(request)
    monkeypatch.setattr(CompiledRun, "is_ready", lambda *_: False)
    plain = simulate.run(request, is_only_one=True)
    assert (fast.was_plain, plain.was_plain) == (False, True)
    for name, column in vars(fast.trace).items():
        same = getattr(plain.trace, name)
        assert column.tobytes() == same.tobytes() if hasattr(column, "tobytes") else column == same, name
    first, second = (session_result(session).to_dict() for session in (fast, plain))
    assert {**first, "wall_s": 0} == {**second, "wall_s": 0}
    assert fast.plant.now_ms == plain.plant.now_ms


def test_a_single_session_runs_compiled_once_the_core_is_compiled() -> None:
    request = prepare("plain-sequential", "esp32-s3-duo", "nominal", until="1s")
    simulate.run(request)
    assert not simulate.run(request, is_only_one=True).was_plain


def test_a_change_in_the_core_leaves_the_compiled_plant_as_it_is() -> None:
    modules = PLANT.modules()
    assert modules
    assert not any(name.startswith("soleus.") for name in modules)
    assert PLANT.folder() != EVERYTHING.folder()
