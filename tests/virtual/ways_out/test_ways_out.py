"""Whatever ends a session, the legs are vented. Each way is tried, and its time is measured."""

import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.flash_image import FlashImage
from tests.virtual.rig import DEVKIT, DUO, bang_of, flash_of, running, start_session

# Below 10 mmHg a leg counts as free, for the guards, too.
FREE_MMHG = 10.0
# A slow computer takes longer to simulate the air than a fast one.
WATCHED_S = 6.0
LONGER_THAN_A_REST_MS = 1500
Note = Callable[[str, object], None]
Act = Callable[[VirtualBoard, Console], None]


@dataclass(frozen=True)
class Way:
    act: Act
    # In this time nothing may be energised any more; and this is what the board says after its next start.
    vented_within_s: float
    why: str
    trap: str = ""
    name: str = DEVKIT


def spring(board: VirtualBoard, _: Console) -> None:
    bang_of(board).write_text("")


def ctrl_c(_: VirtualBoard, console: Console) -> None:
    console.serial.write(b"\x03")


def ctrl_c_and_d(_: VirtualBoard, console: Console) -> None:
    console.serial.write(b"\x03")
    time.sleep(0.2)
    console.serial.write(b"\x04")


IN_LINK = "from soleus import app; trap(app.Link, '_look', {})"
WAYS = {
    "exception in the tick": Way(
        spring,
        0.3,
        "ValueError",
        "from soleus.core import controller; trap_step(controller.Controller, fail)",
    ),
    "exception in the link": Way(spring, 0.3, "ValueError", IN_LINK.format("fail")),
    "exception in light and sound": Way(
        spring,
        0.6,
        "ValueError",
        "from soleus import app; trap(app, 'colour_of', fail)",
    ),
    "exception in the flash writer": Way(
        spring, 0.5, "ValueError", "from soleus import app; trap(app.FlashWriter, 'step', fail)"
    ),
    "exception in the watch over the tick": Way(
        spring, 0.3, "ValueError", "from soleus import app; trap(app, 'is_in_session', fail)"
    ),
    "exception in the display": Way(
        spring,
        0.6,
        "ValueError",
        "from soleus.services import screen; trap(screen, '_draw_words', fail)",
        DUO,
    ),
    "Ctrl-C": Way(ctrl_c, 0.3, "Ctrl-C"),
    "Ctrl-C, then Ctrl-D": Way(ctrl_c_and_d, 0.3, "Ctrl-C"),
    "a program asks for a soft reset": Way(
        spring, 0.3, "SystemExit", "import machine; " + IN_LINK.format("machine.soft_reset")
    ),
    "machine.reset": Way(spring, 0.3, "it was reset", "import machine; " + IN_LINK.format("machine.reset")),
    "MemoryError, the heap full to the last byte": Way(spring, 0.5, "", IN_LINK.format("fill_heap")),
    "disk full, unhandled": Way(spring, 0.3, "28", IN_LINK.format("fill_disk")),
    "link unplugged": Way(lambda b, _: b.unplug_link(), 7.0, "power on"),
    "processor hangs, watchdog bites": Way(lambda b, _: b.hang(), 2.5, "watchdog"),
    "interpreter killed": Way(lambda b, _: b.kill(), 0.2, "it was reset"),
    "reset button": Way(lambda b, _: b.reset(), 0.2, "it was reset"),
    "brown-out": Way(lambda b, _: b.brown_out(), 0.2, "during a session"),
    "power lost, and back": Way(lambda b, _: b.power_off(), 0.2, "during a session"),
}


@pytest.mark.by_the_clock
@pytest.mark.parametrize("name", WAYS)
def test_every_way_out_vents(name: str, tmp_path: Path, record_property: Note) -> None:
    way = WAYS[name]
    with running(way.name, tmp_path, trap=way.trap, patience_s=0.1) as (board, console):
        # After so long, the boots are known to be empty.
        board.run_until(lambda b: b.now_ms > 5500)
        start_session(board, console)
        assert not board.is_vented()
        # From here on the board runs by the clock, so that its seconds are those that are judged.
        board.pace.hurry_until_ms = 0
        started_ms, from_mmhg = board.now_ms, board.highest_mmhg()
        way.act(board, console)
        vented_ms, free_ms = vented_and_free_ms(board, started_ms, way.vented_within_s)
        vented_s, free_s = (vented_ms - started_ms) / 1000, (free_ms - started_ms) / 1000
        record_property("way out", (name, from_mmhg, vented_s, free_s))
        assert vented_s < way.vented_within_s
        assert board.is_vented()
        bang_of(board).unlink(missing_ok=True)
        if way.why:
            assert way.why in why_after(board)


def vented_and_free_ms(board: VirtualBoard, started_ms: int, within_s: float) -> tuple[int, int]:
    """When the vents opened for good, and when the legs were free. The rests of a session don't count."""
    # Only for how long to watch: the caller judges the times.
    until_s = time.monotonic() + within_s + WATCHED_S
    while time.monotonic() < until_s:
        board.wait_until(lambda b: b.is_vented() and b.highest_mmhg() < FREE_MMHG, within_s + WATCHED_S)
        # Nothing is left to happen by the clock, if this is more than a rest.
        board.pace.hurry_until_ms = None
        board.run_until(
            lambda b: not b.is_vented() or b.now_ms > b.journal.energised_ms() + LONGER_THAN_A_REST_MS
        )
        board.pace.hurry_until_ms = 0
        vented_ms = max(board.journal.energised_ms(), started_ms)
        if board.now_ms > vented_ms + LONGER_THAN_A_REST_MS:
            later = (moment for moment in board.journal.history if moment.at_ms >= vented_ms)
            return vented_ms, next(moment.at_ms for moment in later if moment.highest_mmhg < FREE_MMHG)
    raise TimeoutError("never vented for good")


def why_after(board: VirtualBoard) -> str:
    """What the board says once the app runs again. It is started when it has a prompt or no power."""
    board.pace.hurry_until_ms = None
    board.plug_link()
    board.power_on()
    with Console(board.port) as console:
        if board.is_at_prompt:
            console.serial.write(b"\x04")
            board.wait_until(lambda b: not b.is_at_prompt)
        return str(console.ask("why", timeout_s=8.0)["why"])


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"00000000\n{}", b"\xff\xfe\x00", b'd5b7bd05\n{"minutes": 3']
)
def test_corrupt_files_mean_defaults_and_a_named_warning(content: bytes, tmp_path: Path) -> None:
    flash = flash_of(DEVKIT, tmp_path)
    FlashImage(flash).write({"/data/state/settings.json": content, "/data/state/learned.json": content})
    with running(DEVKIT, tmp_path, flash=flash) as (board, console):
        status = console.ask("status")
        assert status["program"] == "easy-run"
        named = " ".join(status["warnings"])
        assert "settings.json" in named
        assert "learned.json" in named
        assert board.is_vented()


def test_settings_of_another_version_lose_nothing_but_what_is_unknown(tmp_path: Path) -> None:
    flash = flash_of(DEVKIT, tmp_path)
    line = json.dumps({"loudness": 3, "minutes": 20, "sound": "loud"}).encode()
    content = b"%08x\n" % binascii.crc32(line) + line
    FlashImage(flash).write({"/data/state/settings.json": content})
    with running(DEVKIT, tmp_path, flash=flash) as (board, console):
        named = console.ask("status")["warnings"]
        assert [warning.partition(": ")[2].partition(" ")[0] for warning in named] == ["loudness", "sound"]
        assert console.ask("settings")["settings"]["minutes"] == 20
        # Nothing is written before somebody sets something.
        assert board.flash.read("/data/state/settings.json") == content


def test_a_full_disk_is_a_warning_and_stops_nothing(tmp_path: Path) -> None:
    flash = flash_of(DEVKIT, tmp_path)
    FlashImage(flash).fill_up(free_blocks=7)
    with running(DEVKIT, tmp_path, flash=flash) as (board, console):
        start_session(board, console)
        console.ask("stop")
        board.run_until(lambda b: b.is_vented() and b.highest_mmhg() < FREE_MMHG, 10)
        board.wait_until(lambda _: bool(console.ask("status")["warnings"]), 10)
        assert "28" in console.ask("status")["warnings"][0]


def test_a_session_that_was_lost_is_told_at_the_next_start_and_not_again(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        # After so long, the boots are known to be empty, and the note of the session can be written.
        board.run_until(lambda b: b.now_ms > 5500)
        start_session(board, console)
        told = []
        for _ in range(2):
            board.power_off()
            board.power_on()
            console.expect("ready", 20)
            told.append(console.ask("why"))
    assert told[0]["lost_session"]["program"] == "easy-run"
    assert "during a session" in told[0]["why"]
    assert told[1]["lost_session"] is None
    assert told[1]["why"] == "power on"


def test_settings_survive_a_power_cut(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        assert console.ask("set", settings={"program": "bedtime", "sound": False})["ok"]
        assert "whole" not in console.ask("set", settings={"minutes": "many"}).get("ok", "")
        board.wait_until(lambda _: console.ask("status")["waiting_writes"] == 0, 10)
        board.power_off()
        board.power_on()
        console.expect("ready", 20)
        assert console.ask("settings")["settings"]["sound"] is False
        assert console.ask("status")["program"] == "bedtime"
