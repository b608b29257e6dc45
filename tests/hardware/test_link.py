"""The console link, and the tick beside it."""

import random

from host_tools.bench.chip.estimate import GAP_MOST_MS
from tests.hardware.conftest import Note
from tests.hardware.rig import Board

TELEMETRY_MS = 100
TELEMETRY_S = 3.0
# A laptop that stays with a session asks so often.
STATUS_EVERY_S = 0.2
STATUS_S = 10.0
HEAP_LEAST_BYTES = 16_000


def test_hello_and_status_are_answered(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins: without sensors it may have a fault, and says so."""
    assert board.ask("hello")["ok"]
    status = board.ask("status")
    assert status["state"] in ("idle", "done", "fault")
    # The self-test collects garbage first; a status must not.
    tested = {name: value for name, _, value in board.ask("self_test")["results"]}
    note(tested["heap"] / 1024, "KB of heap free")
    assert tested["heap"] > HEAP_LEAST_BYTES


def test_the_self_test_is_answered(board: Board, note: Note) -> None:
    """Needs a flashed board. Without sensors some lines are bad: that is for the self-test to say."""
    results = board.ask("self_test")["results"]
    assert "heap" in {name for name, _, _ in results}
    note(sum(is_well for _, is_well, _ in results), f"of {len(results)} lines well")


def test_a_wrong_request_is_an_answer_that_says_so(board: Board) -> None:
    """Needs a flashed board, nothing on its pins."""
    assert "one of" in board.ask("dance")["error"]
    assert "a table" in board.ask("set", settings=3)["error"]


def test_noise_on_the_line_is_not_heard(board: Board) -> None:
    """Needs a flashed board, nothing on its pins. Not Ctrl-C, which would end the application."""
    draw = random.Random(1)
    noise = bytes(draw.choice(range(32, 256)) for _ in range(2000))
    for begin in range(0, len(noise), 100):
        board.type(noise[begin : begin + 100] + b"\n")
    assert board.ask("hello")["ok"]


def test_telemetry_comes_at_its_rate(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins."""
    board.ask("telemetry", period_ms=TELEMETRY_MS)
    board.console.events.clear()
    board.console.pause(TELEMETRY_S)
    count = sum(event.get("event") == "telemetry" for event in board.console.events)
    board.ask("telemetry", period_ms=0)
    note(count / TELEMETRY_S, "a second, of 10")
    assert count > 0.7 * TELEMETRY_S * 1000 / TELEMETRY_MS


def test_no_tick_is_late_while_a_laptop_asks_for_the_status(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins. In a session more is going on: that needs a plant."""
    board.ask("telemetry", period_ms=TELEMETRY_MS)
    board.ask("status", forget_gap=True)
    for _ in range(round(STATUS_S / STATUS_EVERY_S)):
        board.console.pause(STATUS_EVERY_S)
        gap_ms = board.ask("status")["gap_most_ms"]
    board.ask("telemetry", period_ms=0)
    note(gap_ms, f"ms between two ticks, at most {GAP_MOST_MS:g}")
    assert gap_ms <= GAP_MOST_MS
