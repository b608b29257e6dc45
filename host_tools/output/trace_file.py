"""A trace as a file, CSV or Parquet: written while the session runs, and readable however it ends.

Every column says its unit. Times are true seconds; states, stages, phases and faults are names. A chamber's
columns begin with its name: `left.foot_pressure_mmhg` is the true pressure, `left.foot_reading_mmhg` the
sensor's reading, `left.foot_wanted_mmhg` the setpoint on its way to `left.foot_target_mmhg`. Parquet also
keeps the session's notes; CSV has no place for them.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from host_tools.basics.errors import InputError
from host_tools.output.trace_suffix import OPTION, check_suffix
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.trace import Note, Trace
from soleus.core.basics import fault_table
from soleus.core.program.timeline import STAGE_NAMES
from soleus.core.regulate.regulation import PHASE_NAMES
from soleus.core.session.session import STATE_NAMES

FAULT_NAMES = tuple(row[0] for row in fault_table.TABLE)
ROWS_AT_ONCE = 20_000

_NAMED = {"state": STATE_NAMES, "stage_kind": STAGE_NAMES, "fault": FAULT_NAMES}
# Columns of the whole machine: name in the file, field of the trace, decimals (None: a whole number).
_MACHINE: tuple[tuple[str, str, int | None], ...] = (
    ("time_s", "time_s", 6),
    ("dt_ms", "dt_ms", None),
    ("buttons", "buttons", None),
    ("state", "state", None),
    ("cycle", "cycle", None),
    ("stage", "stage", None),
    ("stage_kind", "stage_kind", None),
    ("fault", "fault_code", None),
    ("fill_bits", "fill_bits", None),
    ("seal_bits", "seal_bits", None),
    ("pump_permille", "pump_permille", None),
    ("gate_on", "gate_on", None),
    ("missing_bits", "missing_bits", None),
    ("manifold_pressure_mmhg", "manifold_mmhg", 3),
    ("manifold_reading_mmhg", "manifold_reading_pa", 3),
    ("pump_flow_ml_s", "pump_flow_ml_s", 3),
    ("supply_v", "supply_v", 4),
    ("supply_mv", "supply_mv", None),
)
# Columns of each chamber.
_CHAMBER: tuple[tuple[str, str, int | None], ...] = (
    ("pressure_mmhg", "pressure_mmhg", 3),
    ("reading_mmhg", "reading_pa", 3),
    ("wanted_mmhg", "setpoint_pa", 3),
    ("target_mmhg", "target_pa", 3),
    ("phase", "phase", None),
    ("air_ml", "air_ml", 3),
)


class TraceWriter:
    """`with TraceWriter(path, names) as writer: writer.write(trace)`, as often as there are new ticks.

    The rows go to `NAME.part`, which is renamed to `NAME` when all is written. After Ctrl-C that happens,
    too, with the rows so far, and `say` is called. After any other error, or without a single row, an earlier
    file of that name stays.
    """

    def __init__(
        self, path: str | Path, chamber_names: list[str], say: Callable[[str], None] | None = None
    ) -> None:
        self.path = Path(path)
        self.rows_count = 0
        self._end_s = 0.0
        self._notes: list[Note] = []
        self._say = say or (lambda line: print(line, file=sys.stderr))
        self._is_parquet = check_suffix(self.path) == ".parquet"
        self._schema = _schema(chamber_names, self._is_parquet)
        self._writer: Any = None
        self._is_open = True
        self._part = self.path.with_name(f"{self.path.name}.part")
        with _in_one_line(self.path):
            self._file = open(self._part, "wb")  # noqa: SIM115, PTH123 (closed by `_finish` or `_abandon`)
            try:
                self._writer = self._open_writer()
            except BaseException:
                self._abandon()
                raise

    def write(self, trace: Trace) -> None:
        """Append these ticks."""
        with _in_one_line(self.path):
            for start in range(0, len(trace), ROWS_AT_ONCE):
                self._writer.write_table(_table(trace, start, start + ROWS_AT_ONCE, self._schema))
            # An error of the disk should show now, not at the end of a long run.
            self._file.flush()
        self.rows_count += len(trace)
        self._end_s = float(trace.time_s[-1]) if len(trace) else self._end_s
        self.add_notes(trace.notes)

    def add_notes(self, notes: list[Note]) -> None:
        self._notes.extend(note for note in notes if note not in self._notes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif issubclass(kind, KeyboardInterrupt) and self.rows_count:
            self.close(is_complete=False)
        else:
            self._abandon()

    def close(self, is_complete: bool = True) -> None:
        """A second call does nothing, so a run that knows it was cut short may close by itself."""
        if not self._is_open:
            return
        try:
            with _in_one_line(self.path):
                self._finish(is_complete)
        except BaseException:
            self._abandon()
            raise
        if not is_complete:
            self._say(
                f"{self.path}: stopped early; it holds {self.rows_count:,} rows, up to {self._end_s:.2f} s"
            )

    def _open_writer(self) -> Any:
        if self._is_parquet:
            return pa_parquet.ParquetWriter(self._file, self._schema, compression="zstd", version="2.6")
        options = pa_csv.WriteOptions(quoting_style="none", quoting_header="none")
        return pa_csv.CSVWriter(self._file, self._schema, write_options=options)

    def _finish(self, is_complete: bool) -> None:
        if self._is_parquet:
            notes = json.dumps([asdict(note) for note in self._notes], ensure_ascii=False)
            self._writer.add_key_value_metadata(
                {"soleus.notes": notes, "soleus.complete": str(is_complete).lower()}
            )
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self.path)
        self._is_open = False

    def _abandon(self) -> None:
        """Remove the new file. A writer that failed once fails again when it is closed: ignore that."""
        self._is_open = False
        for closable in (self._writer, self._file):
            with suppress(OSError, ValueError, pa.ArrowException):
                if closable is not None:
                    closable.close()
        # The error that led here is being reported already.
        with suppress(OSError):
            self._part.unlink(missing_ok=True)


def read_trace(path: str | Path) -> Trace:
    """The trace again, with the decimals that were written; from a CSV without notes."""
    path = Path(path)
    table = _read_table(path)
    columns = table.column_names
    names = [column.removesuffix("_pressure_mmhg") for column in columns if column.endswith("_pressure_mmhg")]
    chamber_names = [name for name in names if name != "manifold"]
    try:
        arrays = _machine_arrays(table) | _chamber_arrays(table, chamber_names)
    except (KeyError, ValueError) as error:
        raise InputError(path, "", None, f"a trace that Soleus wrote ({str(error).strip(chr(39))})") from None
    notes = _read_notes(path)
    assert set(arrays) | {"chamber_names", "notes"} == {field.name for field in fields(Trace)}
    return Trace(chamber_names=chamber_names, notes=notes, **arrays)


@contextmanager
def _in_one_line(path: Path) -> Iterator[None]:
    """Errors of the disk as one line for a person."""
    try:
        yield
    except OSError as error:
        raise InputError(OPTION, "", str(path), f"a place that can be written ({_reason(error)})") from None


def _reason(error: OSError) -> str:
    """Arrow puts the error's number into a text of its own."""
    text = error.strerror or str(error)
    return os.strerror(error.errno) if error.errno else text.splitlines()[0]


def _read_notes(path: Path) -> list[Note]:
    if path.suffix.lower() != ".parquet":
        return []
    metadata = pa_parquet.read_metadata(path).metadata or {}
    return [Note(**note) for note in json.loads(metadata.get(b"soleus.notes", b"[]"))]


def _read_table(path: Path) -> pa.Table:
    is_parquet = check_suffix(path) == ".parquet"
    try:
        return pa_parquet.read_table(path) if is_parquet else pa_csv.read_csv(path)
    except OSError as error:
        raise InputError(path, "", None, f"a file that can be read ({_reason(error)})") from None
    except pa.ArrowException as error:
        raise InputError(
            path, "", None, f"a trace that Soleus wrote ({str(error).splitlines()[0]})"
        ) from None


def _columns(chamber_names: list[str]) -> list[tuple[str, str, int | None, int | None]]:
    """Name in the file, field of the trace, decimals, chamber."""
    machine = [(name, field, decimals, None) for name, field, decimals in _MACHINE]
    return machine + [
        (f"{chamber}_{name}", field, decimals, index)
        for index, chamber in enumerate(chamber_names)
        for name, field, decimals in _CHAMBER
    ]


def _schema(chamber_names: list[str], is_parquet: bool) -> pa.Schema:
    text = pa.dictionary(pa.int8(), pa.string()) if is_parquet else pa.string()
    types = []
    for name, field, decimals, _ in _columns(chamber_names):
        if _names_of(name) is not None:
            types.append((name, text))
        elif decimals is None:
            types.append((name, pa.int32()))
        else:
            types.append((name, pa.float64() if field == "time_s" else pa.float32()))
    return pa.schema(types)


def _names_of(column: str) -> tuple[str, ...] | None:
    return PHASE_NAMES if column.endswith("_phase") else _NAMED.get(column)


def _table(trace: Trace, start: int, end: int, schema: pa.Schema) -> pa.Table:
    arrays = []
    for name, field, decimals, chamber in _columns(trace.chamber_names):
        values = getattr(trace, field)[start:end]
        values = values if chamber is None else values[:, chamber]
        if field.endswith("_pa"):
            values = values / PA_PER_MMHG
        arrays.append(_array(values, decimals, _names_of(name), schema.field(name).type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(
    values: np.ndarray, decimals: int | None, names: tuple[str, ...] | None, kind: pa.DataType
) -> pa.Array:
    if names is not None:
        named = pa.DictionaryArray.from_arrays(np.ascontiguousarray(values, np.int8), list(names))
        return named if pa.types.is_dictionary(kind) else named.cast(kind)
    if decimals is None:
        return pa.array(np.ascontiguousarray(values, np.int32))
    # Adding 0.0 turns -0.0 into 0.0.
    rounded = np.round(np.asarray(values, np.float64), decimals) + 0.0
    return pa.array(rounded if pa.types.is_float64(kind) else rounded.astype(np.float32))


def _machine_arrays(table: pa.Table) -> dict[str, np.ndarray]:
    return {field: _values(table, name, field) for name, field, _ in _MACHINE}


def _chamber_arrays(table: pa.Table, chamber_names: list[str]) -> dict[str, np.ndarray]:
    return {
        field: np.stack([_values(table, f"{chamber}_{name}", field) for chamber in chamber_names], axis=1)
        for name, field, _ in _CHAMBER
    }


def _values(table: pa.Table, name: str, field: str) -> np.ndarray:
    column = table.column(name).combine_chunks()
    names = _names_of(name)
    if names is not None:
        place = {text: index for index, text in enumerate(names)}
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        lookup = np.array([place[text] for text in encoded.dictionary.to_pylist()])
        return lookup[encoded.indices.to_numpy(zero_copy_only=False)] if len(lookup) else np.zeros(0, int)
    values = column.to_numpy(zero_copy_only=False)
    if field.endswith("_pa"):
        return np.rint(values.astype(np.float64) * PA_PER_MMHG).astype(np.int64)
    return values
