"""A campaign's folder: its plan, one Parquet file for each finished share, and at last one file for all.

A share is on disk whole or not at all, so a campaign that was killed continues where it stopped.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import host_tools
from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.basics.paths import CORE_PACKAGE
from host_tools.verify.campaign.plan import Trial
from host_tools.verify.campaign.trial import Row

RESULTS = "results.parquet"
_PLAN = "plan.json"
_PARTS = "parts"
# What a result depends on besides the plan.
_SOURCES = (
    *("plant", "plants", "verify/campaign", "safety"),
    *(f"sim/{name}.py" for name in ("simulate", "loop", "figures/session_metrics", "figures/metrics")),
)

SCHEMA = pa.schema(
    [
        ("number", pa.int32()),
        ("part", pa.string()),
        ("program", pa.string()),
        ("board", pa.string()),
        ("plant", pa.string()),
        ("pressure", pa.int16()),
        ("seed", pa.int32()),
        ("component", pa.string()),
        ("kind", pa.string()),
        ("mode", pa.string()),
        ("phase", pa.string()),
        ("jitter", pa.float64()),
        ("second", pa.string()),
        ("delay_s", pa.float64()),
        ("watch_s", pa.float64()),
        ("onset_s", pa.float64()),
        ("verdict", pa.string()),
        ("why", pa.string()),
        ("outcome", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("chamber", pa.string()),
        ("detected_s", pa.float64()),
        ("latched_s", pa.float64()),
        ("safe_s", pa.float64()),
        ("requirement", pa.string()),
        ("took_s", pa.float64()),
        ("budget_s", pa.float64()),
        ("is_late", pa.bool_()),
        ("max_pressure_mmhg", pa.float64()),
        ("manifold_max_mmhg", pa.float64()),
        ("far_above_s", pa.float64()),
        ("blamed_right", pa.bool_()),
        ("pressed_s", pa.float64()),
        ("simulated_s", pa.float64()),
        ("refused", pa.int32()),
        ("notices", pa.string()),
        ("command", pa.string()),
    ]
)


class Store:
    """One campaign's folder, opened for its plan; it refuses another plan and other sources."""

    def __init__(self, folder: Path, size: str, seed: int, plan: Sequence[Trial], share: int) -> None:
        self.folder = folder
        self.shares = [list(plan[start : start + share]) for start in range(0, len(plan), share)]
        about = {"size": size, "seed": seed, "trials": len(plan), "share": share}
        about |= {"plan": _digest(json.dumps([asdict(trial) for trial in plan]).encode())}
        about |= {"sources": sources_digest()}
        self._open(about)

    def missing(self) -> list[int]:
        return [index for index in range(len(self.shares)) if not self._part(index).exists()]

    def put(self, index: int, rows: Sequence[Row]) -> None:
        write_whole(self._part(index), _parquet(pa.Table.from_pylist(list(rows), SCHEMA)))

    def join(self) -> Path:
        """All shares in one file, in the order of the plan."""
        assert not self.missing()
        parts = [pq.read_table(self._part(index)) for index in range(len(self.shares))]
        write_whole(self.folder / RESULTS, _parquet(pa.concat_tables(parts)))
        return self.folder / RESULTS

    def _part(self, index: int) -> Path:
        return self.folder / _PARTS / f"{index:05d}.parquet"

    def _open(self, about: dict[str, object]) -> None:
        try:
            (self.folder / _PARTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError("--out", "", str(self.folder), f"a folder ({error.strerror})") from None
        file = self.folder / _PLAN
        if file.exists():
            before = planned(self.folder)
            for key, value in about.items():
                if before.get(key) != value:
                    raise InputError(
                        file, key, before.get(key), f"{value} for this run: another folder, please"
                    )
        write_whole(file, (json.dumps(about, indent=2) + "\n").encode())


def planned(folder: Path) -> dict[str, object]:
    """Size, seed and number of trials of the campaign in a folder."""
    file = folder / _PLAN
    if not file.exists():
        raise InputError(
            "--out", "", str(folder), "a folder with a campaign in it: `soleus campaign run` makes one"
        )
    try:
        about = json.loads(file.read_text())
    except ValueError:
        raise InputError(file, "", None, "the JSON that `soleus campaign run` wrote") from None
    return about if isinstance(about, dict) else {}


def read_results(folder: Path) -> list[Row]:
    """The rows so far; the campaign may still be running."""
    planned(folder)
    whole = folder / RESULTS
    files = [whole] if whole.exists() else sorted((folder / _PARTS).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def sources_digest() -> str:
    """A hash of the sources: results of different sources don't belong in one table."""
    package = Path(str(host_tools.__file__)).parent
    roots = [CORE_PACKAGE, *(package / name for name in _SOURCES)]
    files = [f for root in roots for f in (sorted(root.rglob("*")) if root.is_dir() else [root])]
    return _digest(b"".join(f.read_bytes() for f in files if f.suffix in (".py", ".toml")))


def _parquet(table: pa.Table) -> bytes:
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd")
    return content.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
