"""A bench run as JSON and as CSV, and back."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.bench.measure.line import Curve, Line
from host_tools.bench.run import BenchRun
from host_tools.bench.targets.target import Identity

SCHEMA = 1
CSV_COLUMNS = (
    "key",
    "title",
    "value",
    "text",
    "unit",
    "uncertainty",
    "least",
    "most",
    "source",
    "status",
    "note",
)


def to_json(run: BenchRun) -> str:
    table = {
        "schema": SCHEMA,
        "suite": run.suite,
        "target": run.target,
        "started_at": run.started_at,
        "took_s": round(run.took_s, 2),
        "passed": run.has_passed,
        "identity": asdict(run.identity),
        "lines": [{name: _plain(getattr(line, name)) for name in CSV_COLUMNS} for line in run.lines],
        "curves": [_curve(curve) for curve in run.curves],
    }
    return json.dumps(table, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str, file: str | Path = "run.json") -> BenchRun:
    try:
        table = json.loads(text)
        if table.get("schema") != SCHEMA:
            raise InputError(
                file, "schema", table.get("schema"), f"{SCHEMA}, as `soleus bench --json` writes it"
            )
        return BenchRun(
            suite=table["suite"],
            target=table["target"],
            identity=Identity(**table["identity"]),
            started_at=table["started_at"],
            lines=[Line(**line) for line in table["lines"]],
            curves=[
                Curve(
                    c["key"], c["step"], c["chamber"], np.array(c["time_s"]), np.array(c["mmhg"]), c["facts"]
                )
                for c in table["curves"]
            ],
            took_s=table["took_s"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(file, "", None, f"a run as `soleus bench --json` writes it ({error!r})") from None


def load_run(file: Path) -> BenchRun:
    try:
        return from_json(file.read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(file, "", None, f"a bench run that can be read ({error})") from None


def to_csv(run: BenchRun) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: getattr(line, name) for name in CSV_COLUMNS} for line in run.lines)
    return out.getvalue()


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "key": curve.key,
        "step": curve.step,
        "chamber": curve.chamber,
        "time_s": np.round(curve.time_s, 3).tolist(),
        "mmhg": np.round(curve.mmhg, 2).tolist(),
        "facts": {name: _plain(value) for name, value in curve.facts.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    # JSON has no NaN.
    return None if isinstance(value, float) and not np.isfinite(value) else value
