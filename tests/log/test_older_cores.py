"""Logs of an older core (112100b), whose regulator was one class, replay on today's core.

`recorded/` has a stretch from the middle of three sessions, as boards write them: each begins with the
core's state. In `chambers`, doses are given while other chambers fill. In `manifold`, one sensor looks at the
chambers in turn, and vents are tried. In `shared`, all kept chambers share their air.
"""

from pathlib import Path

import pytest

from host_tools.log import state
from host_tools.log.log_file import Log, read_log
from host_tools.log.renamed_state import NEW_PATHS
from host_tools.log.replay import replay
from soleus.log.core_walk import walk

RECORDED = Path(__file__).parent / "recorded"
TICKS = {"chambers": 600, "manifold": 1600, "shared": 600}
# Numbers that today's core no longer has: these boots don't need them.
_WITHOUT_MANIFOLD = ("last_fill_bits", "pump_off_ms", "resting_pa", "still_ms")
RUNAWAY = {f"guards.pump_runaway.{name}" for name in _WITHOUT_MANIFOLD}
DISAGREE = {"guards.sensors_disagree.apart_ms"}
GONE = {
    "chambers": {"gauges.is_blind", "gauges.joined_ms", "regulator.is_blind", "regulator.throttled_ms"}
    | RUNAWAY
    | DISAGREE,
    "manifold": {
        "gauges.is_blind",
        "regulator.ends_together",
        "regulator.is_blind",
        "regulator.out_ms",
        "regulator.slow_missing_pa",
        "regulator.top_up_pa",
    }
    | DISAGREE,
    "shared": {"gauges.is_blind", "gauges.joined_ms", "regulator.throttled_ms"} | RUNAWAY,
}


def recorded(name: str) -> Log:
    return read_log(RECORDED / f"{name}_112100b.slog")


@pytest.mark.parametrize("name", TICKS)
def test_a_log_of_an_older_core_replays_from_the_middle(name: str) -> None:
    result = replay(recorded(name))
    assert result.difference is None, str(result)
    assert result.ticks == TICKS[name]


@pytest.mark.parametrize("name", ["chambers", "manifold"])
def test_an_older_log_does_not_replay_without_the_map_of_names(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "NEW_PATHS", {})
    assert replay(recorded(name)).difference


@pytest.mark.parametrize("name", TICKS)
def test_every_number_of_an_older_core_has_a_place_today(name: str) -> None:
    log = recorded(name)
    assert log.names is not None
    sizes = {
        path: len(value) if isinstance(value, list) else 0
        for path, _, _, value in walk(log.fresh_controller())
    }
    before = dict(log.names.fields)
    today = {path: path if path in sizes else NEW_PATHS.get(path, "") for path in before}
    assert {path for path in before if today[path] not in sizes} == GONE[name]
    kept = {path: place for path, place in today.items() if place in sizes}
    assert len(set(kept.values())) == len(kept)
    assert {path: sizes[place] for path, place in kept.items()} == {path: before[path] for path in kept}
