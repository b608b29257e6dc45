"""Parts of a chip that fail as real ones do: a bus that hangs, a converter without its calibration."""

from pathlib import Path

import pytest

from host_tools.catalogue.boards import load_board
from tests.virtual.rig import DEVKIT, DUO, ONE_SENSOR, running, start_session, wait_for

# E12's 50 ms, and the ticks before and after.
VENTED_WITHIN_MS = 80
SETTLED_MS = 6000
# The one-shot's 50 ms, and the beat in which the last tick came.
ONE_SHOT_MOST_MS = 60
# Less than the watchdog waits.
WITHOUT_TICKS_MS = 600


def test_a_bus_that_hangs_ends_a_session_at_once_and_holds_no_tick_up(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        start_session(board, console)
        console.ask("status", forget_gap=True)
        wait_for(board, console, lambda: not board.is_vented())
        usual_us = console.ask("status")["tick_us"]
        board.hang_bus()
        hung_ms = board.now_ms
        wait_for(board, console, lambda: bool(console.ask("status")["fault"]))
        assert board.journal.energised_ms() - hung_ms <= VENTED_WITHIN_MS
        status = console.ask("status")
        assert status["fault"]["code"] == "E12"
        assert status["gap_most_ms"] <= 30
        # The first failure gives the bus up: nobody else on it is waited for.
        assert status["tick_us"] < usual_us - 1000


@pytest.mark.parametrize("name", [DEVKIT, DUO, ONE_SENSOR])
def test_a_chip_that_hangs_loses_its_pump_long_before_the_watchdog_bites(name: str, tmp_path: Path) -> None:
    """And where a second switch is behind the one-shot, its valves, too."""
    with running(name, tmp_path) as (board, console):
        start_session(board, console, mmhg=5)
        wait_for(board, console, lambda: board.hardware.commands.pump_permille > 0)
        board.hang()
        hung_ms = board.now_ms
        board.run_until(lambda b: b.now_ms >= hung_ms + WITHOUT_TICKS_MS)
        moments = [moment for moment in board.journal.history if moment.at_ms > hung_ms]
    late = [moment for moment in moments if moment.at_ms > hung_ms + ONE_SHOT_MOST_MS]
    has_gate = load_board(name).boots.has_gate
    assert len(late) > 40
    assert all(moment.pump_permille == 0 or (has_gate and not moment.gate_on) for moment in late)
    # The chip itself lets go of nothing: its valves stay as they were.
    assert late[-1].fill_bits | late[-1].seal_bits


def test_a_chip_without_a_calibration_stays_up_and_says_what_it_needs(tmp_path: Path) -> None:
    """It used to end the app at the first tick, and again after each restart."""
    with running(DEVKIT, tmp_path, has_adc_calibration=False) as (board, console):
        board.run_until(lambda b: b.now_ms > SETTLED_MS)
        status = console.ask("status")
        assert "no calibration in this chip's eFuse" in " ".join(status["warnings"])
        assert status["fault"]["code"] == "E12"
        assert board.is_vented()
        assert len(board.journal.happenings) == 1


def test_two_points_for_each_sensor_do_for_a_chip_without_a_calibration(tmp_path: Path) -> None:
    points = [[[165_000, 0], [3_135_000, 40_000]]] * load_board(DEVKIT).boots.sensors_count
    with running(DEVKIT, tmp_path, has_adc_calibration=False) as (board, console):
        assert console.ask("set", settings={"calibration": points})["ok"]
        board.wait_until(lambda _: console.ask("status")["waiting_writes"] == 0)
        board.power_off()
        board.power_on()
        console.expect("ready", 20)
        board.run_until(lambda b, at_ms=board.now_ms: b.now_ms > at_ms + SETTLED_MS)
        assert console.ask("status")["fault"] is None
        start_session(board, console, mmhg=15)
