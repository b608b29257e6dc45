"""A session on each board through its console, as a person would run it: test, load, start, look, stop."""

import time
from pathlib import Path

import pytest
from PIL import Image

from host_tools.link.console import Console
from tests.virtual.rig import DEVKIT, DUO, ONE_SENSOR, begin_by_buttons, running, start_session, wait_for


@pytest.mark.parametrize("name", [DEVKIT, DUO, ONE_SENSOR])
def test_from_boot_to_stop(name: str, tmp_path: Path) -> None:
    with running(name, tmp_path) as (board, console):
        assert console.ask("hello")["board"] == name
        board.run_until(lambda b: b.now_ms > 2000)
        tested = console.ask("self_test")
        assert tested["ok"], tested
        console.ask("telemetry", period_ms=50)
        start_session(board, console)
        heard = console.expect("telemetry")
        assert max(heard["mmhg_x10"] + [heard["manifold_mmhg_x10"]]) < 1100
        assert console.ask("stop")["ok"]
        wait_for(board, console, lambda: console.ask("status")["state"] == "done")
        assert board.is_vented()
        assert board.highest_mmhg() < 10
        states = {event["state"] for event in console.events if event.get("event") == "telemetry"}
        assert "running" in {heard["state"], *states}
        assert console.ask("status")["fault"] is None


def test_a_lost_line_is_asked_for_again_but_done_once(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (_, console):
        console.serial.write(b'{"seq": 900, "do": "hello"}*00000000\n')
        assert "checksum" in next(m for m in _messages(console) if m.get("re") == 0)["error"]
        asked = console.ask("nonsense")
        assert "one of" in asked["error"]
        assert console.ask("resume")["error"] == "resume: not while idle"
        assert "easy-run" in console.ask("programs")["programs"]
        assert "whole number" in console.ask("load", program="easy-run", minutes=7)["error"]
        assert len(console.ask("faults")["faults"]) > 8


def test_a_sign_of_life_over_the_link_answers_the_question_for_it(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        assert console.ask("alive")["error"] == "alive: not while idle"
        start_session(board, console)
        wait_for(board, console, lambda: console.ask("status")["silent_ms"] > 4000)
        assert console.ask("alive")["ok"]
        wait_for(board, console, lambda: console.ask("status")["silent_ms"] < 4000)


def test_buttons_do_what_they_say(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):

        def state() -> str:
            return str(console.ask("status")["state"])

        begin_by_buttons(board, console)
        wait_for(board, console, lambda: state() == "running")
        board.press("start_stop", 1200)
        wait_for(board, console, lambda: state() == "paused")
        board.press("start_stop", 100)
        wait_for(board, console, lambda: state() == "running")
        before = console.ask("status")["asked_mmhg"]
        # Louder only after a whole cycle at this level.
        board.press("louder", 60)
        board.press("softer", 60)
        wait_for(board, console, lambda: console.ask("status")["asked_mmhg"] == before - 5)
        board.press("stop", 60)
        wait_for(board, console, lambda: state() == "done")


def test_a_sensor_that_is_pulled_ends_the_session_with_its_name(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        start_session(board, console)
        board.break_part("sensor.right.calf:off")
        board.run_until(lambda b: b.is_vented())
        fault = console.ask("status")["fault"]
        assert (fault["code"], fault["where"]) == ("E12", "right.calf")
        assert "cable" in fault["help"]
        # Its sensor doesn't tell any more whether it is empty.
        assert (fault["still_pressed"], fault["not_seen"]) == ([], ["right.calf"])
        assert console.ask("why")["fault"]["code"] == "E12"
        for do in ("load", "start"):
            # The machine's state, and not the request, is what is in the way.
            answer = console.ask(do)
            assert (answer["error"], answer["state"]) == (f"{do}: not while fault", "fault")
        board.save_display(tmp_path / "fault.png")
        assert len(Image.open(tmp_path / "fault.png").getcolors() or []) == 2


def _messages(console: Console) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = []
    until_s = time.monotonic() + 10
    while not any("re" in message for message in messages) and time.monotonic() < until_s:
        messages += list(console.listen())
    return messages
