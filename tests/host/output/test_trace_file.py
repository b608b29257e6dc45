"""Trace files: whole, readable and the same every time, however the writing ended."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from host_tools.basics.errors import InputError
from host_tools.output.trace_file import TraceWriter, read_trace
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.trace import Note, Trace
from soleus.core.session.session import RUNNING
from tests.host.output.synthetic import blank_trace, session_trace

Say = Callable[[str], None]
SUFFIXES = ("csv", "parquet")
FULL = Path("/dev/full")
each_suffix = pytest.mark.parametrize("suffix", SUFFIXES)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return session_trace(minutes=0.5)


def written(trace: Trace, path: Path) -> Path:
    with TraceWriter(path, trace.chamber_names) as writer:
        writer.write(trace)
    return path


def write_and_fail(path: Path, trace: Trace, error: type[BaseException], say: Say | None = None) -> None:
    with TraceWriter(path, trace.chamber_names, say) as writer:
        writer.write(trace)
        raise error


def piece(trace: Trace, start: int, end: int) -> Trace:
    columns = {name: value[start:end] for name, value in vars(trace).items() if isinstance(value, np.ndarray)}
    return Trace(chamber_names=trace.chamber_names, **columns)


@each_suffix
def test_what_was_written_is_read_again(trace: Trace, suffix: str, tmp_path: Path) -> None:
    again = read_trace(written(trace, tmp_path / f"run.{suffix}"))
    assert again.chamber_names == trace.chamber_names
    for name, column in vars(trace).items():
        if isinstance(column, np.ndarray):
            exact = name.endswith(("_pa", "_bits", "phase", "state", "stage_kind", "fault_code"))
            np.testing.assert_allclose(getattr(again, name), column, atol=0 if exact else 0.0006, rtol=0)
    assert again.notes == (trace.notes if suffix == "parquet" else [])


@each_suffix
def test_columns_say_their_units_and_phases_are_names(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = written(trace, tmp_path / f"run.{suffix}")
    table = pa_csv.read_csv(path) if suffix == "csv" else pa_parquet.read_table(path)
    for column in ("time_s", "left.foot_pressure_mmhg", "left.foot_reading_mmhg", "right.thigh_wanted_mmhg"):
        assert column in table.column_names
    assert {"pump_permille", "fill_bits", "seal_bits", "supply_v", "left.calf_air_ml"} <= set(
        table.column_names
    )
    assert set(table["left.foot_phase"].unique().to_pylist()) <= {"off", "fill", "coast", "settle", "hold"}
    assert table["state"][1000].as_py() == "running"
    assert table["fault"][0].as_py() == "-"
    assert table["time_s"][0].as_py() == pytest.approx(0.01)


def test_parquet_holds_names_as_dictionaries(trace: Trace, tmp_path: Path) -> None:
    path = written(trace, tmp_path / "run.parquet")
    schema = pa_parquet.read_schema(path)
    assert str(schema.field("left.foot_phase").type).startswith("dictionary<")
    assert pa_parquet.read_metadata(path).metadata[b"soleus.complete"] == b"true"


@each_suffix
def test_the_same_trace_gives_the_same_bytes(trace: Trace, suffix: str, tmp_path: Path) -> None:
    first = written(trace, tmp_path / f"a.{suffix}").read_bytes()
    assert written(trace, tmp_path / f"b.{suffix}").read_bytes() == first


@each_suffix
def test_pieces_give_the_whole(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    with TraceWriter(path, trace.chamber_names) as writer:
        for start in range(0, len(trace), 700):
            writer.write(piece(trace, start, start + 700))
        writer.add_notes(trace.notes)
    assert writer.rows_count == len(trace)
    again = read_trace(path)
    np.testing.assert_array_equal(again.target_pa, trace.target_pa)
    assert not list(tmp_path.glob("*.part"))


@each_suffix
def test_ctrl_c_keeps_the_rows_so_far_and_says_so(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(path, piece(trace, 0, 1234), KeyboardInterrupt, said.append)
    assert len(read_trace(path)) == 1234
    assert said == [f"{path}: stopped early; it holds 1,234 rows, up to 12.34 s"]
    assert not list(tmp_path.glob("*.part"))


@each_suffix
def test_a_run_that_knows_it_was_cut_short_closes_by_itself(
    trace: Trace, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"run.{suffix}"
    said: list[str] = []
    with TraceWriter(path, trace.chamber_names, said.append) as writer:
        writer.write(piece(trace, 0, 10))
        writer.close(is_complete=False)
    assert len(said) == 1
    assert len(read_trace(path)) == 10


@each_suffix
def test_ctrl_c_before_the_first_row_leaves_the_older_file(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    path.write_text("precious")
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(path, piece(trace, 0, 0), KeyboardInterrupt)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_is_reported_on_stderr(
    trace: Trace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(tmp_path / "run.csv", piece(trace, 0, 5), KeyboardInterrupt)
    captured = capsys.readouterr()
    assert "stopped early" in captured.err
    assert captured.out == ""


@each_suffix
def test_an_error_leaves_the_older_file_as_it_was(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    path.write_text("precious")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(path, piece(trace, 0, 100), ZeroDivisionError)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@each_suffix
@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_a_full_disk_leaves_the_older_file_as_it_was(trace: Trace, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    path.write_text("precious")
    # The temporary file beside it stands on a disk that is full.
    (tmp_path / f"run.{suffix}.part").symlink_to(FULL)
    with pytest.raises(InputError) as caught:
        written(trace, path)
    assert str(caught.value).startswith("--trace = ")
    assert "No space left on device" in str(caught.value)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@each_suffix
def test_a_disk_that_is_full_at_the_very_end_is_named(
    trace: Trace, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"run.{suffix}"
    path.write_text("precious")

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(InputError, match="No space left on device"):
        written(trace, path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["run.txt", "run", "run.csv.gz", "parquet"])
def test_only_csv_and_parquet_are_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        TraceWriter(tmp_path / name, ["left.foot"])
    assert str(caught.value).startswith("--trace")
    assert "ends in .csv or .parquet" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--trace = .*nowhere.*No such file or directory"):
        TraceWriter(tmp_path / "nowhere" / "run.csv", ["left.foot"])


@each_suffix
def test_what_is_no_trace_is_refused_in_one_line(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    with pytest.raises(InputError, match="can be read"):
        read_trace(path)
    for content in (b"", b"a,b\n1,2\n", b"\x00\xff" * 50, b"left.foot_pressure_mmhg\n1\n"):
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_trace(path)
        assert "\n" not in str(caught.value)


@each_suffix
def test_a_session_without_a_tick_gives_an_empty_trace(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run.{suffix}"
    with TraceWriter(path, ["left.foot"]):
        pass
    if suffix == "parquet":
        assert len(read_trace(path)) == 0
    assert path.stat().st_size > 0


def test_minus_zero_is_written_as_zero(tmp_path: Path) -> None:
    tiny = blank_trace(
        ["left.foot"], 3, pressure_mmhg=-1e-9, state=RUNNING, notes=[Note(0.0, "event", 'ü, "x"')]
    )
    text = written(tiny, tmp_path / "run.csv").read_text()
    assert "-0" not in text
    assert pytest.approx(133.322) == PA_PER_MMHG
    assert read_trace(written(tiny, tmp_path / "run.parquet")).notes == tiny.notes
