"""The flight recorder on two real MicroPythons: no allocation in the tick, the same bytes, bounded flash."""

import functools
import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.catalogue.chips import COSTS, load_chip
from host_tools.flash.board.chooser import LOOKAHEAD_BYTES, READ_BYTES
from host_tools.log.blocks import decode_overview, decode_ring
from host_tools.log.frames import cut_into_frames
from tests.micropython.interpreters.run import HAS_UNIX, INTERPRETERS, run_unix

SCRIPT = Path(__file__).with_name("record_ticks.py")
Run = Callable[..., str]
# boot.py has it for the chip alone.
WATCHDOG_MS = 1500
# `-k life -s` with 2,500 of them takes a minute.
SESSIONS = int(os.environ.get("SOLEUS_WEAR_SESSIONS", "160"))


@functools.cache
def made(run: Run) -> tuple[dict[str, Any], dict[str, Any]]:
    files = {"boots.json": json.dumps(load_board("esp32-s3-duo").table["boots"]).encode()}
    recorded, bounded = run(SCRIPT, files=files, heap_bytes=1 << 20).splitlines()[-2:]
    return json.loads(recorded), json.loads(bounded)


@pytest.mark.parametrize("run", INTERPRETERS)
def test_recording_allocates_nothing_and_every_tick_is_there(run: Run) -> None:
    """The script runs every tick's recording with the heap locked."""
    recorded, _ = made(run)
    blocks = [decode_ring(bytes.fromhex(block), 10) for block in recorded["blocks"]]
    assert len(blocks) == 4
    for before, after in pairwise(blocks):
        assert after.number == before.number + 1
        assert after.at_ms == before.at_ms + before.ticks[:, 0].sum()
    assert all(block.state for block in blocks)
    last = blocks[-1].ticks[-1]
    assert last[7] == 2
    chunk = decode_overview(bytes.fromhex(recorded["overview"]), 10)
    assert 20 < len(chunk.ticks) <= 60
    took_us = recorded["took_us"]
    print(f"a tick's recording: {took_us[0]} us, with the state {took_us[1]} us")


def test_both_interpreters_record_the_same_bytes() -> None:
    kept = [{name: made(run)[0][name] for name in ("blocks", "overview")} for run in INTERPRETERS]
    assert all(one == kept[0] for one in kept)


@pytest.mark.parametrize("run", INTERPRETERS)
def test_the_oldest_sessions_make_room(run: Run) -> None:
    _, bounded = made(run)
    assert bounded["most_bytes"] <= 5000
    names = bounded["names"]
    assert names[-1] == "000030.slog"
    assert names == sorted(names)
    assert 3 <= len(names) <= 5
    frames = cut_into_frames(bytes.fromhex(bounded["last"]))
    assert frames.torn_bytes == 0
    assert len(frames.whole) == 11


@pytest.mark.skipif(not HAS_UNIX, reason="littlefs is in the unix port")
def test_a_life_of_sessions_wears_the_flash_slowly_and_keeps_it_fast() -> None:
    """Real littlefs on a counting flash, by the costs of the slowest chip. A block lasts 100,000 erases."""
    chip = load_chip("esp32")
    costs = json.dumps({name: chip[name] for name in COSTS if name.startswith("flash_")})
    mount = json.dumps({"readsize": READ_BYTES, "lookahead": LOOKAHEAD_BYTES})
    wear = SCRIPT.with_name("wear_flash.py")
    found = json.loads(run_unix(wear, str(SESSIONS), costs, mount, heap_bytes=16 << 20))
    print(f"after {SESSIONS} sessions: {found}")
    assert found["a_session"] < 35
    assert found["with_ring"] < 45
    assert found["last_start_ms"] < 1.05 * found["first_start_ms"]
    # Between two pieces of work the watchdog is fed.
    assert max(found["longest_ms"], found["first_write_ms"]) < WATCHDOG_MS / 3
