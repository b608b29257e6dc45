"""`soleus sim` as scripts and people use it: exit statuses, outputs, and one line for every mistake."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from host_tools import cli
from host_tools.output.trace_file import read_trace

SOLEUS = [sys.executable, "-c", "from host_tools.cli import main; main()", "sim"]
PLAIN = "plain-sequential"
SHORT = [PLAIN, "--board", "esp32-devkit"]

RESULT_KEYS = {
    "outcome", "fault", "simulated_s", "wall_s", "max_pressure_mmhg", "manifold_max_mmhg", "injected",
    "notices", "ended_by", "chambers",
}  # fmt: skip
FAULT_KEYS = {"code", "name", "requirement", "chamber", "value", "limit", "at_s"}
INJECTED_KEYS = {"at_s", "detected_s", "safe_s"}
CHAMBER_KEYS = {"name", "fills", "fill_s", "fill_limit_s", "overshoot_mmhg", "hold_error_mmhg"}

PROGRAM = """\
id = "mine"
minutes = {minutes}
pressure_mmhg = 50

[[blocks]]
pattern = "{pattern}"
zones = {zones}
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def soleus(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A real process, as a script would start it."""
    return subprocess.run([*SOLEUS, *arguments], capture_output=True, text=True, timeout=300, check=False)


Capture = pytest.CaptureFixture[str]


class Here:
    """The same command within this process: quicker, for the many small cases."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["soleus", "sim", *arguments])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        out, err = self.capsys.readouterr()
        return int(leaving.value.code or 0), out, err


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Here:
    return Here(monkeypatch, capsys)


def person_program(minutes: object = 10, pattern: str = "wave", zones: str = '["foot", "calf"]') -> str:
    Path("mine.toml").write_text(PROGRAM.format(minutes=minutes, pattern=pattern, zones=zones))
    return "mine.toml"


# --- the contract ---


def test_json_alone_on_stdout_with_every_key_of_the_contract() -> None:
    done = soleus(*SHORT, "--fault", "leg.left:move@60s+5s", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no progress where nobody watches"
    table = json.loads(done.stdout)
    assert set(table) >= RESULT_KEYS
    assert (table["outcome"], table["fault"]) == ("completed", None)
    assert table["injected"][0].keys() >= INJECTED_KEYS
    assert [chamber["name"] for chamber in table["chambers"]] == [
        "left.foot", "left.calf", "left.knee", "left.thigh",
    ]  # fmt: skip
    for chamber in table["chambers"]:
        assert chamber.keys() >= CHAMBER_KEYS
        assert set(chamber["overshoot_mmhg"]) == {"p50", "p99", "max"}
        assert set(chamber["hold_error_mmhg"]) == {"p50", "p95", "max"}
        assert chamber["fills"] > 5
        assert chamber["fill_s"] >= chamber["fill_limit_s"] > 0


def test_a_fault_that_ends_the_session_is_status_1_and_is_described_in_full(here: Here) -> None:
    status, out, _ = here(*SHORT, "--fault", "sensor.left.calf:off@60s", "--json", "-")
    table = json.loads(out)
    assert status == 1
    assert table["outcome"] == "fault"
    assert set(table["fault"]) >= FAULT_KEYS
    assert (table["fault"]["code"], table["fault"]["chamber"]) == ("E11", "left.calf")
    assert table["injected"][0]["detected_s"] == table["fault"]["at_s"]
    assert table["injected"][0]["safe_s"] < table["fault"]["at_s"] + 5


def test_a_rested_chamber_is_described_in_full_and_is_status_0(here: Here) -> None:
    fault = ["--fault", "hose.left.calf:off@60s"]
    status, out, _ = here(*SHORT, *fault, "--report", "a.html", "--json", "-")
    table = json.loads(out)
    assert (status, table["outcome"], table["fault"]) == (0, "completed", None)
    (notice,) = table["notices"]
    assert set(notice) >= FAULT_KEYS
    assert (notice["code"], notice["chamber"]) == ("E21", "left.calf")
    assert notice["value"] > notice["limit"] > 0
    assert "left.calf rested, the others went on" in Path("a.html").read_text()
    status, out, _ = here(*SHORT, *fault)
    assert f"left.calf rested after {notice['at_s']:.2f} s: E21" in out


def test_a_session_without_a_sign_of_life_ends_by_itself(here: Here) -> None:
    """The program for the end of the day asks for a sign of life."""
    bedtime = ["bedtime", "--board", "esp32-devkit", "--minutes", "20"]
    asleep = ["--event", "asleep@0s"]
    status, out, _ = here(*bedtime, *asleep, "--json", "-")
    table = json.loads(out)
    assert (status, table["outcome"], table["ended_by"]) == (0, "stopped", "no sign of life")
    assert 15 * 60 < table["simulated_s"] < 15 * 60 + 20
    status, out, _ = here(*bedtime, *asleep, "--event", "alive@800s", "--json", "-")
    assert (status, json.loads(out)["ended_by"]) == (0, "completed")


def test_a_session_that_a_person_stops_is_status_0(here: Here) -> None:
    status, out, err = here(
        *SHORT, "--event", "stop@30s", "--event", "louder@41s", "--fault", "pump:off@60s", "--json", "-"
    )
    assert "louder@41s came after the end, and did nothing" in err
    assert "pump:off@60s came after the end, and did nothing" in err
    assert "stop@30s" not in err
    assert status == 0
    assert json.loads(out)["outcome"] == "stopped"


def test_the_summary_fits_a_terminal_and_names_every_chamber(here: Here) -> None:
    status, out, _ = here(*SHORT)
    assert status == 0
    assert out.startswith("COMPLETED")
    for chamber in ("left.foot", "left.calf", "left.knee", "left.thigh"):
        assert chamber in out


def test_every_output_is_written_and_the_same_again_gives_the_same_bytes(here: Here) -> None:
    names = ["a.json", "a.csv", "a.parquet", "a.png", "a.html"]
    json_file, csv, parquet, png, html = names
    outputs = ["--json", json_file, "--plot", png, "--report", html]
    assert here(*SHORT, *outputs, "--trace", csv)[0] == 0
    assert here(*SHORT, "--trace", parquet)[0] == 0
    assert sorted(path.name for path in Path().iterdir()) == sorted(names)
    before = {name: Path(name).read_bytes() for name in (csv, png)}
    assert here(*SHORT, *outputs, "--trace", csv)[0] == 0
    assert {name: Path(name).read_bytes() for name in before} == before
    assert len(read_trace(Path(csv))) == len(read_trace(Path(parquet)))
    table = json.loads(Path(json_file).read_text())
    assert float(read_trace(Path(csv)).time_s[-1]) == table["simulated_s"]


def test_minutes_pressure_and_seed_are_taken(here: Here) -> None:
    options = ["--minutes", "20", "--pressure", "60", "--seed", "3", "--plant", "tired"]
    _, out, _ = here(*SHORT, *options, "--json", "-")
    table = json.loads(out)
    assert abs(table["simulated_s"] - 20 * 60) < 20
    assert 57 < table["max_pressure_mmhg"] < 75


def test_until_ends_the_simulation_at_any_time_and_every_output_says_so(here: Here) -> None:
    """Shorter than the program allows: that range is for wearers."""
    status, out, _ = here(*SHORT, "--until", "3m", "--json", "-")
    table = json.loads(out)
    assert (status, table["outcome"], table["ended_by"]) == (0, "stopped", "until")
    assert (table["simulated_s"], table["until_s"]) == (180.0, 180.0)
    status, out, _ = here(*SHORT, "--until", "70.5s", "--report", "a.html")
    assert (status, out.split()[0]) == (0, "STOPPED")
    says = "The simulation ended at 1 min 10 s, as --until asked"
    assert says in " ".join(out.split())
    report = Path("a.html").read_text()
    assert says in report
    assert "--until 70.5s" in report


def test_until_changes_nothing_before_it(here: Here) -> None:
    here(*SHORT, "--until", "90s", "--trace", "short.csv")
    here(*SHORT, "--trace", "long.csv")
    short, long = (Path(name).read_text().splitlines() for name in ("short.csv", "long.csv"))
    assert short == long[: len(short)]
    assert len(short) == 9001


def test_a_session_that_ends_before_until_simply_ends(here: Here) -> None:
    status, out, _ = here(*SHORT, "--until", "100min", "--json", "-")
    table = json.loads(out)
    assert (status, table["outcome"], table["ended_by"], table["until_s"]) == (
        0,
        "completed",
        "completed",
        6000,
    )
    assert table["simulated_s"] < 20 * 60
    status, out, _ = here(*SHORT, "--event", "stop@30s", "--until", "5m", "--json", "-")
    assert json.loads(out)["ended_by"] == "stopped"
    status, out, _ = here(*SHORT, "--fault", "sensor.left.calf:off@60s", "--until", "5m", "--json", "-")
    assert (status, json.loads(out)["ended_by"]) == (1, "fault")


# --- unusable input ---

PLANT = 'extends = "nominal"\n'
FILES = {
    "broken.toml": 'id = "mine"\nminutes = [\n',
    "latin.toml": 'title = "Fr\xfch"\n',
    "negative.toml": PLANT + "[manifold]\nvolume_ml = -5\n",
    "dead.toml": PLANT + "[chamber.foot]\ndead_ml = [-30, 40]\n",
    "mistyped.toml": PLANT + "[pump]\nfree_flow = 12\n",
    "no-boots.toml": 'name = "mine"\ntitle = "Mine"\nchip = "esp32"\n',
}

# Arguments, and what the one line must say: where the mistake is, what was found, what would be right.
MISTAKES: dict[str, tuple[list[str], list[str]]] = {
    "a program that isn't there": (["nosuch"], ["program", "'nosuch'", "soleus program list"]),
    "a program almost right": (["easy-runn"], ["'easy-runn'", "perhaps easy-run"]),
    "a program file that isn't there": (["nosuch.toml"], ["nosuch.toml", "can be read"]),
    "a board that isn't there": ([PLAIN, "--board", "nosuch"], ["board", "'nosuch'", "soleus board list"]),
    "a plant that isn't there": ([*SHORT, "--plant", "nosuch"], ["--plant", "'nosuch'", "nominal", "tired"]),
    "a program that isn't TOML": (["broken.toml"], ["broken.toml", "line", "valid TOML"]),
    "a board that isn't TOML": ([PLAIN, "--board", "broken.toml"], ["broken.toml", "line", "valid TOML"]),
    "a plant that isn't TOML": ([*SHORT, "--plant", "broken.toml"], ["broken.toml", "line", "valid TOML"]),
    "a program that isn't text": (["latin.toml"], ["latin.toml", "UTF-8"]),
    "a board without boots": ([PLAIN, "--board", "no-boots.toml"], ["no-boots.toml", "boots", "[boots]"]),
    "pressure above the range": ([*SHORT, "--pressure", "200"], ["--pressure", "200", "from 40 to 60"]),
    "pressure below the range": ([*SHORT, "--pressure=-5"], ["--pressure", "-5", "from 40 to 60"]),
    "no pressure at all": ([*SHORT, "--pressure", "0"], ["--pressure", "0", "from 40 to 60"]),
    "minutes above the range": ([*SHORT, "--minutes", "500"], ["--minutes", "500", "from 15 to 30"]),
    "minutes below the range": ([*SHORT, "--minutes", "5"], ["--minutes", "5", "from 15 to 30"]),
    "no minutes at all": ([*SHORT, "--minutes", "0"], ["--minutes", "0", "from 15 to 30"]),
    "minutes that are no number": ([*SHORT, "--minutes", "ten"], ["--minutes = 'ten'", "integer"]),
    "minutes that are no whole number": ([*SHORT, "--minutes", "4.5"], ["--minutes = '4.5'", "integer"]),
    "an end before anything": ([*SHORT, "--until", "0s"], ["--until", "'0s'", "a time after the start"]),
    "an end at no time": ([*SHORT, "--until", "x"], ["--until", "'x'", "60s, 12.5s or 5min"]),
    "an end before the start": ([*SHORT, "--until=-3m"], ["--until", "'-3m'", "60s, 12.5s or 5min"]),
    "an end without its unit": ([*SHORT, "--until", "3"], ["--until", "'3'", "60s, 12.5s or 5min"]),
    "a seed below nothing": ([*SHORT, "--seed=-1"], ["--seed = '-1'", "greater than or equal to 0"]),
    "an option without its value": ([*SHORT, "--minutes"], ["--minutes", "requires an argument"]),
    "one program too many": ([*SHORT, "easy-run"], ["easy-run", "unexpected"]),
    "a manifold without volume": (
        [*SHORT, "--plant", "negative.toml"], ["negative.toml", "manifold.volume_ml = -5", "within 2 and"],
    ),
    "a chamber that may be less than nothing": (
        [*SHORT, "--plant", "dead.toml"], ["dead.toml", "chamber.foot.dead_ml = [-30, 40]", "within 1 and"],
    ),
    "a key that no plant has": (
        [*SHORT, "--plant", "mistyped.toml"], ["mistyped.toml", "pump.free_flow", "free_flow_l_min"],
    ),
    "a fault on a chamber that isn't there": (
        [*SHORT, "--fault", "sensor.right.calf:off@5s"],
        ["--fault", "'sensor.right.calf'", "sensor.left.calf"],
    ),
    "a fault in a way that this part can't have": (
        [*SHORT, "--fault", "pump:kink@5s"], ["--fault", "'kink'", "expected one of off, stuck"],
    ),
    "a fault without a time": ([*SHORT, "--fault", "pump:off"], ["--fault", "'pump:off'", "@START"]),
    "an act that nobody can do": ([*SHORT, "--event", "dance@5s"], ["--event", "'dance@5s'", "pause"]),
    "an act at no time": ([*SHORT, "--event", "pause@soon"], ["--event", "'soon'", "60s"]),
    "an act after every end": (
        [*SHORT, "--event", "stop@3000s"], ["--event", "'stop@3000s'", "over after 1020s at the latest"],
    ),
    "a trace of no known kind": ([*SHORT, "--trace", "a.xls"], ["--trace", "'a.xls'", ".csv or .parquet"]),
    "a picture of no known kind": ([*SHORT, "--plot", "a.jpg"], ["--plot", "'a.jpg'", ".png"]),
    "a report of no known kind": ([*SHORT, "--report", "a.pdf"], ["--report", "'a.pdf'", ".html"]),
    "a trace in no folder": ([*SHORT, "--trace", "no/a.csv"], ["--trace", "'no/a.csv'", "folder"]),
    "a picture in no folder": ([*SHORT, "--plot", "no/a.png"], ["--plot", "'no/a.png'", "folder"]),
    "a report in no folder": ([*SHORT, "--report", "no/a.html"], ["--report", "'no/a.html'", "folder"]),
    "numbers in no folder": ([*SHORT, "--json", "no/a.json"], ["--json", "'no/a.json'", "folder"]),
    "an option that isn't there": ([*SHORT, "--colour", "red"], ["--colour"]),
    "a pattern that the board can't run": (
        ["plain-gradient", "--board", "esp32-c3-manifold"],
        ["plain-gradient on esp32-c3-manifold", "'gradient'", "three-way valves"],
    ),
}  # fmt: skip

each_mistake = pytest.mark.parametrize("mistake", MISTAKES)


def assert_one_line(status: int, out: str, err: str, says: list[str]) -> None:
    assert status == 2, err
    assert out == ""
    assert err.startswith("soleus: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in says:
        assert word in err, err


@each_mistake
def test_unusable_input_is_status_2_and_one_line_that_says_what_would_be_right(
    mistake: str, here: Here
) -> None:
    for name, text in FILES.items():
        Path(name).write_bytes(text.encode("latin-1"))
    arguments, says = MISTAKES[mistake]
    assert_one_line(*here(*arguments), says)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (
            {"zones": '["calf", "foot"]'},
            ["blocks[0].zones = ['calf', 'foot']", "distal first: foot, calf, thigh"],
        ),
        ({"zones": '["toe"]'}, ["blocks[0].zones = 'toe'", "one of foot, calf, thigh"]),
        ({"pattern": "waves"}, ["blocks[0].pattern = 'waves'", "sequential, wave"]),
        ({"minutes": 90}, ["minutes = 90", "from 5 to 60"]),
        ({"minutes": '"ten"'}, ["minutes = 'ten'", "a whole number"]),
    ],
)
def test_a_persons_own_program_is_refused_with_the_place_of_its_mistake(
    keys: dict[str, str], says: list[str], here: Here
) -> None:
    assert_one_line(*here(person_program(**keys)), ["mine.toml", *says])


def test_a_persons_own_program_runs_by_its_path(here: Here) -> None:
    status, out, _ = here(person_program(), "--board", "esp32-devkit", "--json", "-")
    assert status == 0
    assert abs(json.loads(out)["simulated_s"] - 600) < 10


def test_a_mistake_reaches_a_script_as_one_line_and_status_2() -> None:
    done = soleus("nosuch", "--json", "-")
    assert_one_line(done.returncode, done.stdout, done.stderr, ["'nosuch'"])


def test_outputs_of_before_stay_whole_when_the_input_is_unusable(here: Here) -> None:
    outputs = {"--json": "a.json", "--trace": "a.csv", "--plot": "a.png", "--report": "a.html"}
    for name in outputs.values():
        Path(name).write_text("from before")
    options = [word for pair in outputs.items() for word in pair]
    assert here(*SHORT, *options, "--pressure", "200")[0] == 2
    assert here("nosuch", *options)[0] == 2
    assert {path.name: path.read_text() for path in Path().iterdir()} == dict.fromkeys(
        outputs.values(), "from before"
    )


# --- Ctrl-C ---

LONG = ["plain-sequential", "--minutes", "30"]


# With the rows of two minutes on the disk, the run waits for the signal, so a busy computer changes nothing.
WAITS_IN_THE_MIDDLE = """
import sys, time
from pathlib import Path
from host_tools import cli
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.run_plain_core import PlainCoreRun
part = Path("long.csv.part")

def waiting(advance):
    def advance_or_wait(self, ticks_count):
        if part.exists() and part.stat().st_size > 6_000_000:
            print("waiting", flush=True)
            time.sleep(300)
        return advance(self, ticks_count)
    return advance_or_wait

for run in (CompiledRun, PlainCoreRun):
    run.advance = waiting(run.advance)
sys.argv[0] = "soleus"
cli.main()
"""


def test_ctrl_c_leaves_a_readable_part_of_the_trace_and_says_so() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS_IN_THE_MIDDLE, "sim", *LONG, "--trace", "long.csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "waiting\n", process.communicate()[1]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "stopped by Ctrl-C" in err
    assert "long.csv: stopped early; it holds" in err
    assert not Path("long.csv.part").exists()
    trace = read_trace(Path("long.csv"))
    assert 60 <= trace.time_s[-1] < 30 * 60
    assert (trace.time_s[1:] > trace.time_s[:-1]).all()


def test_ctrl_c_before_the_first_row_says_so_too(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example while the core is being compiled. An older file is left as it was."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("host_tools.sim.simulate.run", interrupted)
    Path("a.csv").write_text("from before")
    status, _, err = here(*SHORT, "--trace", "a.csv")
    assert status == 130
    assert "stopped by Ctrl-C" in err
    assert [path.name for path in Path().iterdir()] == ["a.csv"]
    assert Path("a.csv").read_text() == "from before"
