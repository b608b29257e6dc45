"""The simulator behind the page: what is shown is what happened, and the command that is shown repeats it."""

import random
import shlex
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from host_tools.catalogue.boards import load_board
from host_tools.live.about import about, breakable
from host_tools.live.acts import Anew, Break, Mend, Press, Speed
from host_tools.live.frames.frame import Frame
from host_tools.live.source import RefusedError
from host_tools.live.sources.simulated import Simulated
from tests.soleus_command import soleus

RANDOM_FRAMES = 1000
# What a person does, and when at the earliest.
LED = (
    (20_000, Press(do="press", button="softer")),
    (31_000, Break(do="break", fault="hose.left.ankle:narrow")),
    (44_000, Mend(do="mend", fault="hose.left.ankle:narrow")),
    (50_000, Press(do="press", button="pause")),
    (58_000, Press(do="press", button="resume")),
    (61_000, Break(do="break", fault="leg.right:move")),
    (63_000, Break(do="break", fault="pump:slow")),
    (64_000, Mend(do="mend", fault="pump:slow")),
    (76_000, Break(do="break", fault="sensor.right.calf:off")),
    (80_000, Mend(do="mend", fault="sensor.right.calf:off")),
    (90_000, Press(do="press", button="clear")),
    (92_000, Press(do="press", button="start")),
    (118_000, Press(do="press", button="stop")),
)


class Session:
    """Led once for all tests of this file, each frame kept."""

    def __init__(self) -> None:
        self.source = Simulated("easy-run", "esp32-s3-duo", "nominal", minutes=15, seed=3, speed="max")
        self.frames: list[Frame] = []
        self.events = []
        for at_ms, act in LED:
            self.play_until(at_ms)
            self.source.act(act)
        self.play_until(10_000_000)

    def play_until(self, at_ms: int) -> None:
        while not self.frames or self.frames[-1]["at_ms"] < at_ms:
            # As at the clock's own speed: a few ticks a frame.
            self.source.speed = "16"
            frames = self.source.advance(0.05)
            self.frames += frames
            self.events += self.source.new_events()
            if self.source._stepping.has_ended:
                return


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.fixture(scope="module")
def repeated(session: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """The trace file of the command that the page shows."""
    file = tmp_path_factory.mktemp("live") / "again.parquet"
    words = shlex.split(session.source.command())
    assert words[0] == "soleus"
    soleus(*words[1:], "--trace", str(file))
    table = pq.read_table(file)
    return {name: table[name].to_numpy() for name in table.column_names}


def test_the_page_shows_what_the_trace_of_the_repeated_session_holds(
    session: Session, repeated: dict[str, np.ndarray]
) -> None:
    """1,000 random frames of a session that was paused, broken, mended, cleared, started anew and stopped."""
    at_ms = np.round(repeated["time_s"] * 1000).astype(int)
    names = session.source.about["chambers"]
    picked = random.Random(20).choices(session.frames, k=RANDOM_FRAMES)
    for frame in picked:
        (k,) = np.flatnonzero(at_ms == frame["at_ms"])
        row = {name: column[k] for name, column in repeated.items()}
        assert frame["state"] == row["state"]
        assert frame["fault"] == ("" if row["fault"] in ("", "-") else row["fault"])
        for key in ("fill_bits", "seal_bits", "pump_permille", "cycle", "missing_bits"):
            assert frame[key] == row[key], key
        for key in ("pressure_mmhg", "wanted_mmhg", "target_mmhg"):
            # The page has tenths.
            assert frame[key] == pytest.approx([row[f"{name}_{key}"] for name in names], abs=0.051), key


def test_the_session_went_through_what_the_tests_need(session: Session) -> None:
    assert [event["text"] for event in session.events if event["kind"] == "state"] == [
        *("checking", "running", "paused", "running", "fault", "idle"),
        *("checking", "running", "venting", "done"),
    ]
    assert {event["text"] for event in session.events if event["kind"] == "fault"} == {
        "E12 sensor gives no reading"
    }


def test_clicks_only_grow_and_energy_too(session: Session) -> None:
    clicks = [frame["clicks"] for frame in session.frames]
    energy = [frame["energy_wh"] or 0.0 for frame in session.frames]
    assert clicks == sorted(clicks)
    assert energy == sorted(energy)
    assert clicks[-1] > 200


def test_a_guard_is_at_its_limit_when_it_trips(session: Session) -> None:
    """And far from it while all is well: the sensor's plug was pulled at 76 s."""
    (row,) = [k for k, guard in enumerate(session.source.about["guards"]) if guard["code"] == "E12"]
    shares = [(frame["at_ms"], frame["near"][row]) for frame in session.frames]
    assert max(near[0] for at_ms, near in shares if near and at_ms < 70_000) == 0
    assert max(near[0] for at_ms, near in shares if near) > 40


def test_the_saved_test_passes(session: Session) -> None:
    files = session.source.as_files()
    assert list(files) == ["test_live_session.py"]
    space: dict[str, object] = {}
    exec(compile(files["test_live_session.py"], "test_live_session.py", "exec"), space)
    test = space["test_the_session_ends_as_it_did_on_the_page"]
    assert callable(test)
    test()
    assert f"{session.frames[-1]['state']!r}" in files["test_live_session.py"]


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_every_sensor_that_can_break_is_one_that_the_page_draws(board: str) -> None:
    said = about(load_board(board).boots, "simulator")
    broken = breakable(load_board(board))
    assert ("sensor.manifold" in broken) == (said["sensors"] != "per_chamber")
    assert (f"sensor.{said['chambers'][0]}" in broken) == (said["sensors"] != "manifold")


def test_another_leg_is_a_plant_file_that_the_command_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Simulated("easy-run", "esp32-devkit", "nominal", speed="16")
    source.act(
        Anew(do="anew", program="plain-wave", plant="nominal", seed=7, size_percent=130, movements_per_min=4)
    )
    frames: list[Frame] = []
    while not frames or frames[-1]["at_ms"] < 20_000:
        frames += source.advance(0.05)
    files = source.as_files()
    (plant,) = [name for name in files if name.endswith(".toml")]
    monkeypatch.chdir(tmp_path)
    Path(plant).write_text(files[plant], encoding="utf-8")
    words = shlex.split(source.command())
    assert plant in words
    assert soleus(*words[1:], "--trace", "again.parquet") == 0
    table = pq.read_table("again.parquet")
    assert frames[-1]["pressure_mmhg"][0] == pytest.approx(
        table["left.foot_pressure_mmhg"][-1].as_py(), abs=0.051
    )
    source.close()


REFUSED = [
    (Break(do="break", fault="hose.left.toe:kink"), "one that these boots have"),
    (Break(do="break", fault="pump:kink"), "one of off, stuck"),
    (Break(do="break", fault="pump"), "COMPONENT:MODE"),
    (Mend(do="mend", fault="pump:off"), "isn't broken"),
    (Anew(do="anew", program="nonsense", plant="nominal"), "soleus program list"),
    (Anew(do="anew", program="easy-run", plant="nonsense"), "nominal"),
    (Anew(do="anew", program="easy-run", plant="nominal", minutes=59), "15 to 20"),
]


@pytest.mark.parametrize(("act", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_does_not_fit_is_refused_in_words_and_the_session_goes_on(act: object, why: str) -> None:
    source = Simulated("easy-run", "esp32-devkit", "nominal")
    with pytest.raises(RefusedError, match=why):
        source.act(act)  # type: ignore[arg-type]  # one of the acts
    assert source.advance(0.05)
    source.close()


def test_the_same_part_does_not_break_twice_in_the_same_way() -> None:
    source = Simulated("easy-run", "esp32-devkit", "nominal")
    source.act(Break(do="break", fault="pump:slow"))
    with pytest.raises(RefusedError, match="already"):
        source.act(Break(do="break", fault="pump:slow"))
    # Mended in the same moment it never was.
    source.act(Mend(do="mend", fault="pump:slow"))
    assert "--fault" not in source.command()
    source.close()


def test_time_can_stand_still() -> None:
    source = Simulated("easy-run", "esp32-devkit", "nominal")
    source.act(Speed(do="speed", speed="0"))
    assert source.advance(0.05) == []
    source.close()
