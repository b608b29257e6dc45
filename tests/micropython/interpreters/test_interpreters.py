"""The harness itself: both interpreters are the ones that we mean, and a replay can fail."""

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.micropython.interpreters.run import HAS_UNIX, INTERPRETERS, ScriptError, run_unix, run_wasm
from tests.micropython.replays.record import columns, replay_session, write_session

PROBE = Path(__file__).with_name("probe.py")
RUNS = pytest.mark.parametrize("run", INTERPRETERS)
Run = Callable[..., str]

BOOTS = {"legs": 1, "chambers": ["foot", "calf"]}
CHAMBER_COUNT = 2
TICKS = 100

# A core in miniature, with the core's names: it fills every chamber below 1000 Pa, and ends with a fault.
STAND_IN = {
    "basics/boots_table.py": """
class Boots:
    pass

def read_boots(table):
    boots = Boots()
    boots.count = table["legs"] * len(table["chambers"])
    return boots
""",
    "program/table.py": """
def read_program(table):
    return table
""",
    "make_ready.py": """
def make_ready(controller, program, minutes, pressure_mmhg):
    controller.run_ms = 0
""",
    "basics/signals.py": "class Commands: pass",
    "controller.py": """
class Controller:
    def __init__(self, boots):
        self.readings = self.commands = self.session = self.latch = self
        self.chamber_pa = [0] * boots.count
        self.state = self.code = self.fill_bits = self.seal_bits = 0
        self.pump_permille = self.gate_on = self.run_ms = 0

    def step(self, readings, dt_ms):
        self.run_ms += dt_ms
        self.fill_bits = 0
        for index in range(len(readings.chamber_pa)):
            if readings.chamber_pa[index] < 1000:
                self.fill_bits |= 1 << index
        self.seal_bits = self.fill_bits
        self.pump_permille = 500 if self.fill_bits else 0
        self.gate_on = True
        self.code = 0 if self.run_ms < 500 else 3
        TIRED
        return self
""",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return stand_in(tmp_path, "pass")


def stand_in(folder: Path, extra_statement: str) -> Path:
    core = folder / "soleus" / "core"
    for name, source in STAND_IN.items():
        (core / name).parent.mkdir(parents=True, exist_ok=True)
        (core / name).write_text(source.replace("TIRED", extra_statement))
    for room in (core.parent, core, core / "basics", core / "program"):
        (room / "__init__.py").write_text("")
    return core.parent


@pytest.fixture
def rows() -> np.ndarray:
    """What the stand-in does with one full and one slowly filling chamber."""
    names = columns(CHAMBER_COUNT)
    table = np.zeros((TICKS, len(names)), dtype=np.int64)
    table[:, names.index("dt_ms")] = 10
    table[:, names.index("manifold_pa")] = -5
    table[:, names.index("chamber_pa[0]")] = 2000
    table[:, names.index("chamber_pa[1]")] = np.arange(TICKS) * 20
    is_filling = np.arange(TICKS) * 20 < 1000
    table[:, names.index("fill_bits")] = table[:, names.index("seal_bits")] = np.where(is_filling, 2, 0)
    table[:, names.index("pump_permille")] = np.where(is_filling, 500, 0)
    table[:, names.index("gate_on")] = 1
    table[:, names.index("fault_code")] = np.where(np.arange(1, TICKS + 1) * 10 < 500, 0, 3)
    return table


def probed(run: Run, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run(PROBE, *arguments))
    return result


@RUNS
def test_runs_a_script_with_its_arguments_and_the_modules_it_needs(run: Run) -> None:
    result = probed(run, "one", "two words")
    assert result["arguments"] == ["one", "two words"]
    assert result["missing_modules"] == []
    assert "MicroPython" in result["version"]
    assert result["mpy_format"] == 6


@RUNS
def test_a_locked_heap_catches_an_allocation(run: Run) -> None:
    result = probed(run)
    assert result["list_allocates"]
    assert not result["last_small_allocates"]


@pytest.mark.skipif(not HAS_UNIX, reason="the unix port is not packaged for this machine")
def test_unix_port_has_63_bit_small_integers_and_a_heap_with_an_end() -> None:
    result = probed(run_unix)
    assert result["port"] in {"linux", "darwin"}
    assert result["small_int_bits"] == 62
    assert not result["megabyte_fits"]


@pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="elsewhere it may be missing"
)
def test_the_unix_port_is_there_where_it_is_packaged() -> None:
    assert HAS_UNIX


def test_wasm_port_has_the_small_integers_of_the_esp32() -> None:
    result = probed(run_wasm)
    assert result["port"] == "webassembly"
    assert result["maxsize"] == 2**31 - 1
    assert result["small_int_bits"] == 30
    assert result["first_large_allocates"]


@RUNS
def test_a_script_that_fails_says_so(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("print('so far')\nraise ValueError('no further')\n")
    with pytest.raises(ScriptError, match="no further") as failure:
        run(script)
    assert failure.value.status == 1
    assert failure.value.output.startswith("so far\n")


@RUNS
@pytest.mark.parametrize(("argument", "status"), [("0", 0), ("None", 0), ("", 0), ("3", 3)])
def test_exit_status_of_a_script_arrives(run: Run, tmp_path: Path, argument: str, status: int) -> None:
    script = tmp_path / "leave.py"
    script.write_text(f"import sys\nprint('bye')\nsys.exit({argument})\n")
    if status == 0:
        assert run(script) == "bye\n"
    else:
        with pytest.raises(ScriptError) as failure:
            run(script)
        assert failure.value.status == status


@RUNS
def test_replays_every_tick(run: Run, tmp_path: Path, package: Path, rows: np.ndarray) -> None:
    write_session(tmp_path, BOOTS, {}, 20, 60, rows)
    assert replay_session(run, tmp_path, package=package)["ticks"] == TICKS


@RUNS
@pytest.mark.parametrize("column", columns(CHAMBER_COUNT)[-6:])
@pytest.mark.parametrize("tick", [0, 63, TICKS - 1])
def test_one_wrong_value_stops_the_replay_at_its_tick(
    run: Run, tmp_path: Path, package: Path, rows: np.ndarray, column: str, tick: int
) -> None:
    rows[tick, columns(CHAMBER_COUNT).index(column)] += 7
    write_session(tmp_path, BOOTS, {}, 20, 60, rows)
    with pytest.raises(ScriptError) as failure:
        replay_session(run, tmp_path, package=package)
    assert failure.value.output.startswith(f"tick {tick}: {column} is ")


@RUNS
@pytest.mark.parametrize("allocation", ["[]", "str(dt_ms)", "dt_ms << 61"])
def test_a_step_that_allocates_stops_the_replay(
    run: Run, tmp_path: Path, rows: np.ndarray, allocation: str
) -> None:
    package = stand_in(tmp_path, f"if self.run_ms == 420: {allocation}; return self")
    write_session(tmp_path, BOOTS, {}, 20, 60, rows)
    with pytest.raises(ScriptError, match=r"tick 41: step\(\) allocated"):
        replay_session(run, tmp_path, package=package)


@RUNS
def test_a_recording_that_is_cut_off_is_not_taken_for_complete(
    run: Run, tmp_path: Path, package: Path, rows: np.ndarray
) -> None:
    write_session(tmp_path, BOOTS, {}, 20, 60, rows)
    ticks = tmp_path / "ticks.bin"
    ticks.write_bytes(ticks.read_bytes()[: -4 * rows.shape[1]])
    with pytest.raises(ScriptError, match=f"has {TICKS - 1} ticks, session.json says {TICKS}"):
        replay_session(run, tmp_path, package=package)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda rows: rows[:, 1:], "columns"),
        (lambda rows: rows / 2, "integers"),
        (lambda rows: rows + 2**30, "2\\*\\*30"),
    ],
)
def test_rows_that_no_chip_could_have_seen_are_refused(
    tmp_path: Path, rows: np.ndarray, spoil: Callable[[np.ndarray], np.ndarray], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        write_session(tmp_path, BOOTS, {}, 20, 60, spoil(rows))
