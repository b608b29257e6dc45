"""A recording on the page: it plays, it jumps, and it says what is torn or comes out differently."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from host_tools.basics.errors import InputError
from host_tools.live.acts import Press, Seek, Speed
from host_tools.live.source import RefusedError
from host_tools.live.sources import recording as recording_module
from host_tools.live.sources.recording import Recording
from host_tools.log.log_file import read_log
from tests.soleus_command import soleus


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stop keeps the ticks before it at full rate."""
    file = tmp_path_factory.mktemp("live") / "night.slog"
    assert (
        soleus("sim", "easy-run", "--board", "esp32-devkit", "--event", "stop@40s", "--record", str(file))
        == 0
    )
    return file


def test_the_whole_session_is_known_before_it_plays(recorded: Path) -> None:
    source = Recording(recorded)
    past = source.past()
    assert past[-1]["at_ms"] == source.about["duration_ms"]
    assert [event["text"] for event in source.new_events()] == ["checking", "running", "venting", "done"]
    assert max(max(frame["pressure_mmhg"]) for frame in past) > 20
    gaps = [b["at_ms"] - a["at_ms"] for a, b in pairwise(past)]
    assert min(gaps) >= 50
    assert max(gaps) <= 600


def test_it_jumps_to_any_moment_and_plays_on_from_there(recorded: Path) -> None:
    source = Recording(recorded, "16")
    source.act(Seek(do="seek", at_ms=30_000))
    (frame, *_) = source.advance(0.05)
    assert 29_400 <= frame["at_ms"] <= 30_000
    source.act(Seek(do="seek", at_ms=1 << 40))
    assert source.advance(0.05)[-1]["at_ms"] == source.about["duration_ms"]
    source.act(Seek(do="seek", at_ms=0))
    assert source.advance(0.05)[0]["at_ms"] == source.past()[0]["at_ms"]


def test_it_stands_still_and_plays_no_faster_than_it_can_be_seen(recorded: Path) -> None:
    source = Recording(recorded)
    source.act(Speed(do="speed", speed="0"))
    source.act(Seek(do="seek", at_ms=20_000))
    source.advance(0.05)
    assert source.advance(0.05) == []
    with pytest.raises(RefusedError, match="1, 4, 16"):
        source.act(Speed(do="speed", speed="max"))
    with pytest.raises(RefusedError, match="any more"):
        source.act(Press(do="press", button="stop"))


def test_a_torn_file_is_shown_as_far_as_it_goes(recorded: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.slog"
    content = recorded.read_bytes()
    torn.write_bytes(content[:-300])
    source = Recording(torn)
    assert "torn" in source.trouble
    assert source.past()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00" * 400])
def test_a_file_without_a_header_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "no.slog"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"no\.slog"):
        Recording(file)


def test_where_this_core_commands_something_else_the_page_says_so(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = read_log(recorded)
    block = log.blocks[-1]
    ticks = block.ticks.copy()
    # The pump's command in one tick, as another core might have recorded it.
    ticks[20, 5] += 1
    changed = replace(log, blocks=[*log.blocks[:-1], replace(block, ticks=ticks)])
    monkeypatch.setattr(recording_module, "read_log", lambda _: changed)
    source = Recording(recorded)
    (event,) = [event for event in source.new_events() if event["kind"] == "differs"]
    assert "pump_permille" in event["text"]
    assert event["text"] in source.trouble
    assert "soleus log replay" in event["help"]
