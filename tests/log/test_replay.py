"""A recording replays bit by bit on the core that made it, and a changed core is caught at its tick."""

from pathlib import Path

import numpy as np
import pytest

from host_tools.basics.errors import InputError
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import replay
from host_tools.log.to_test import write_test
from host_tools.log.trace import evenly, log_result, trace_of
from soleus.core.basics.boots import Boots
from soleus.core.controller import Controller
from soleus.core.session.session import PAUSED
from soleus.log import core_walk
from tests.log.rig import PAUSED_AT_S, log_file, simulated, stopped_log

FAULTS = ["sensor.left.calf:off@40s", "valve.left.foot.vent:stuck@30s", "clock:stuck@35s", "pump:off@20s"]


@pytest.mark.parametrize("fault", FAULTS)
def test_simulated_sessions_replay(fault: str) -> None:
    result = replay(read_log(log_file(fault, ("softer@25s", "stop@60s"))))
    assert result.difference is None, str(result)
    assert result.ticks == len(simulated(fault, ("softer@25s", "stop@60s")).trace)


def test_a_changed_core_is_caught_at_the_very_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pump gets one tick less to run down, so the pause begins one tick too early."""
    log = stopped_log()
    states = np.concatenate([block.ticks[:, 7] for block in log.blocks])
    paused = int(np.flatnonzero(states == PAUSED)[0])
    assert paused > PAUSED_AT_S * 100
    monkeypatch.setattr("soleus.core.session.session.WIND_DOWN_MS", 290)
    result = replay(log)
    assert result.difference
    assert result.difference.tick == paused - 1
    assert "recorded by" in str(result)
    assert str(log.header["core"]) in str(result)


def test_a_wrong_reading_is_seen_as_a_difference() -> None:
    log = stopped_log()
    log.blocks[0].ticks[3000:, 10] += 900
    try:
        assert replay(log).difference
    finally:
        log.blocks[0].ticks[3000:, 10] -= 900
    assert replay(log).difference is None


def test_a_later_core_with_more_state_replays_by_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    init = Controller.__init__

    def with_more(self: Controller, boots: Boots, has_bench: bool) -> None:
        init(self, boots, has_bench)
        self.gauges.a_new_count = 5  # type: ignore[attr-defined]  # that is what is new

    monkeypatch.setattr(Controller, "__init__", with_more)
    assert replay(stopped_log()).difference is None


def test_a_log_without_names_of_another_state_is_refused_with_both_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = stopped_log()
    nameless = Log(log.path, log.header, log.overview, log.blocks, log.end)
    monkeypatch.setattr("host_tools.log.replay.fingerprint", lambda _: 1)
    with pytest.raises(InputError, match=r"recorded by .* here is "):
        replay(nameless)
    assert core_walk.fingerprint(Controller(log.boots)) == log.header["state"]


def test_a_recording_becomes_a_test_that_passes(tmp_path: Path) -> None:
    log = stopped_log()
    test, result = write_test(log, tmp_path, "pause_and_stop")
    assert test == tmp_path / "test_pause_and_stop.py"
    namespace: dict[str, object] = {"__file__": str(test)}
    exec(compile(test.read_text(), str(test), "exec"), namespace)
    function = namespace["test_pause_and_stop"]
    assert callable(function)
    function()
    assert result.ticks == namespace["TICKS"]


def test_no_test_is_made_of_what_does_not_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soleus.core.session.session.WIND_DOWN_MS", 290)
    test, result = write_test(stopped_log(), tmp_path, "pause_and_stop")
    assert test is None
    assert result.difference
    assert not list(tmp_path.iterdir())


def test_a_log_is_drawn_from_what_the_sensors_gave() -> None:
    """States and targets are those of the simulator's own trace; pressures differ by the sensors' errors."""
    session, log = simulated("", ("pause@100s", "resume@110s", "stop@120s")), stopped_log()
    trace = trace_of(log)
    assert len(trace) == len(session.trace)
    for name in ("state", "stage", "cycle", "target_pa", "setpoint_pa", "phase", "fill_bits", "reading_pa"):
        assert (getattr(trace, name) == getattr(session.trace, name)).all(), name
    assert np.abs(trace.pressure_mmhg - session.trace.pressure_mmhg).mean() < 2.0
    result = log_result(log, evenly(trace))
    assert result.outcome == "stopped"
    assert result.fault is None
