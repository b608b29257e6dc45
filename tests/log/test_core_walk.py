"""Every number of a core's state is named once, by the part that it belongs to."""

import pytest

from soleus.core.controller import Controller
from soleus.log.core_walk import walk
from tests.core.fake_air import boots

LAYOUTS = [("fill_vent", "per_chamber"), ("fill_vent", "manifold"), ("three_way", "per_chamber")]


@pytest.mark.parametrize(("valves", "sensors"), LAYOUTS)
def test_what_guards_only_refer_to_is_named_by_its_owner(valves: str, sensors: str) -> None:
    controller = Controller(boots(valves=valves, sensors=sensors))
    owners = {path: owner for path, owner, _, _ in walk(controller)}
    for part in ("gauges", "commands", "latch", "sequencer", "regulator", "session"):
        held = getattr(controller, part)
        of_part = {path for path, owner in owners.items() if owner is held}
        assert of_part == {path for path in owners if path.rpartition(".")[0] == part}
        assert of_part
    assert "guards.notices.rested_bits" in owners
    assert "guards.active.session_cap.energised_ms" in owners


def test_a_bench_adds_only_what_service_holds() -> None:
    names = {path for path, _, _, _ in walk(Controller(boots()))}
    without = {path for path, _, _, _ in walk(Controller(boots(), has_bench=False))}
    assert without == {path for path in names if not path.startswith("service.")}
    assert without != names


@pytest.mark.parametrize(("valves", "sensors"), LAYOUTS)
def test_no_number_is_named_twice(valves: str, sensors: str) -> None:
    found = [
        (id(owner), name) for _, owner, name, _ in walk(Controller(boots(valves=valves, sensors=sensors)))
    ]
    assert len(found) == len(set(found))
