"""A board at a port: watched, steered only where that was allowed, and shown as gone when it is gone."""

import time
from typing import Any

import pytest

from host_tools.basics.errors import LostBoardError, SilentBoardError
from host_tools.live.acts import Break, Press
from host_tools.live.guards.shown import guards_shown
from host_tools.live.source import RefusedError
from host_tools.live.sources import port as port_module
from host_tools.live.sources.port import Port
from host_tools.live.sources.told import Told
from tests.host.live.fake_source import BOARD


class _Serial:
    port = "/dev/ttyACM0"


class FakeConsole:
    """Answers as a board does, and tells what a test puts in its mouth."""

    def __init__(self, *_: object) -> None:
        self.serial = _Serial()
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.is_gone = self.is_silent = False
        self.state = "running"
        self.gap_ms = self.forgot_count = 0

    def ask(self, do: str, _timeout_s: float = 0, **arguments: object) -> dict[str, Any]:
        if self.is_silent:
            raise SilentBoardError("/dev/ttyACM0", 2.0, is_at_prompt=False)
        self.asked.append(do)
        if do == "stop":
            self.state = "done"
        if do == "louder" and self.state != "running":
            return {"error": f"louder: not while {self.state}"}
        if arguments.get("forget_gap"):
            self.forgot_count += 1
            self.gap_ms = 0
        rested = [["left.calf", "E23", ""]] if self.state == "running" else []
        return {
            "ok": True,
            "state": self.state,
            "duration_ms": 900_000,
            "asked_mmhg": 45,
            "rested": rested,
            "gap_energised_ms": self.gap_ms,
        }

    def listen(self) -> list[dict[str, Any]]:
        if self.is_gone:
            raise LostBoardError("/dev/ttyACM0", "unplugged")
        return []

    def close(self) -> None:
        pass


def telemetry(at_ms: int, **changed: object) -> dict[str, Any]:
    count = BOARD.boots.count
    return {
        "event": "telemetry", "at_ms": at_ms, "state": "running", "run_ms": at_ms, "cycle": 2,
        "mmhg_x10": [412] * count, "target_mmhg_x10": [400] * count, "manifold_mmhg_x10": 512, "missing": 0,
        "fill": 1, "seal": 3, "pump": 800, "gate": 1, "supply_mv": 0, "fault": "-", **changed,
    }  # fmt: skip


def board_at_port(may_steer: bool) -> tuple[Port, FakeConsole]:
    console = FakeConsole()
    return Port(console, BOARD, may_steer), console  # type: ignore[arg-type]  # as far as it is asked


def test_what_the_board_tells_is_what_the_page_gets() -> None:
    source, console = board_at_port(may_steer=False)
    console.events += [
        telemetry(1000),
        telemetry(1100, fill=2, seal=3),
        telemetry(1200, fault="E12", state="fault"),
    ]
    first, second, third = source.advance(0.05)
    assert first["pressure_mmhg"] == [41.2] * BOARD.boots.count
    assert first["rested_bits"] == 1 << BOARD.boots.names.index("left.calf")
    assert (first["level_mmhg"], first["left_ms"]) == (45, 899_000)
    assert first["manifold_mmhg"] == 51.2
    assert (second["clicks"], third["clicks"]) == (2, 4)
    assert third["fault"] == "E12"
    texts = [event["text"] for event in source.new_events()]
    assert "E12 sensor gives no reading" in texts
    assert "left.calf is left out: E23, chamber leaks" in texts


def test_watching_presses_nothing() -> None:
    source, console = board_at_port(may_steer=False)
    for button in ("stop", "softer", "louder", "start"):
        with pytest.raises(RefusedError, match="only watches"):
            source.act(Press(do="press", button=button))  # type: ignore[arg-type]  # one of the buttons
    source.close()
    assert set(console.asked) == {"status", "telemetry"}


@pytest.mark.parametrize("button", ["start", "clear", "alive"])
def test_steering_still_starts_at_the_machine(button: str) -> None:
    source, console = board_at_port(may_steer=True)
    with pytest.raises(RefusedError, match="at the machine"):
        source.act(Press(do="press", button=button))  # type: ignore[arg-type]  # one of the buttons
    assert button not in console.asked
    assert button not in source.about["presses"]


def test_nothing_of_a_real_board_breaks_by_a_click() -> None:
    source, _ = board_at_port(may_steer=True)
    assert source.about["faults"] == {}
    with pytest.raises(RefusedError, match="by hand"):
        source.act(Break(do="break", fault="pump:off"))


def test_a_session_that_was_made_firmer_from_here_is_stopped_when_the_page_goes() -> None:
    source, console = board_at_port(may_steer=True)
    source.act(Press(do="press", button="louder"))
    source.close()
    assert console.asked.index("stop") > console.asked.index("louder")
    assert console.state == "done"


def test_one_that_was_only_watched_or_made_softer_goes_on() -> None:
    source, console = board_at_port(may_steer=True)
    source.act(Press(do="press", button="softer"))
    source.close()
    assert "stop" not in console.asked


def test_the_board_s_own_refusal_is_shown() -> None:
    source, console = board_at_port(may_steer=True)
    console.state = "paused"
    with pytest.raises(RefusedError, match="not while paused"):
        source.act(Press(do="press", button="louder"))


def test_a_board_that_vanishes_is_shown_as_gone_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "Console", FakeConsole)
    source, console = board_at_port(may_steer=True)
    console.events.append(telemetry(5000))
    source.advance(0.05)
    console.is_gone = True
    assert source.advance(0.05) == []
    assert "Nothing here is live" in source.trouble
    with pytest.raises(RefusedError, match="stop button at the machine"):
        source.act(Press(do="press", button="stop"))
    monkeypatch.setattr(port_module, "AGAIN_EVERY_S", 0.0)
    source.advance(0.05)
    assert source.trouble == ""
    # It has started anew: its own time did, and the page's goes on.
    source._told.console.events.append(telemetry(200))
    (frame,) = source.advance(0.05)
    assert frame["at_ms"] == 5200
    assert "the board is back" in [event["text"] for event in source.new_events()]


def test_silence_shows_as_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    source, console = board_at_port(may_steer=False)
    console.is_silent = True
    later_s = time.monotonic() + 7
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    assert source.advance(0.05) == []
    assert 6.5 < source.silent_s() < 7.5
    assert source.trouble == ""


def test_a_gap_between_two_ticks_is_shown_and_forgotten_after_ten_looks() -> None:
    """A status that is told to forget answers with 0 itself: that is no gap of 0 ms."""
    console = FakeConsole()
    told = Told(console, BOARD.boots, 50, forgets_gaps=True)  # type: ignore[arg-type]  # as far as it is asked
    row = [guard["code"] for guard in guards_shown(BOARD.boots, "virtual")].index("E41")
    shown = []
    for k in range(1, 13):
        console.gap_ms = 16 if k < 11 else 12
        told.look()
        console.events.append(telemetry(100 * k))
        shown += [frame["near"][row] for frame in told.frames()]
    assert shown == [(16, 60)] * 10 + [(12, 60)] * 2
    assert console.forgot_count == 1
