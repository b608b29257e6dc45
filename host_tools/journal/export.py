"""The whole journal as JSON, or one of its tables as CSV."""

import csv
import io
import json
from pathlib import Path

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.journal.schema import VERSION
from host_tools.journal.store import Journal

TABLES = {"nights": "night", "trainings": "training", "sessions": "day"}


def export(journal: Journal, file: Path, table: str) -> int:
    """How many entries were written."""
    if file.suffix.lower() == ".json":
        found = {name: journal.rows(name, order) for name, order in TABLES.items()}
        text = json.dumps({"version": VERSION, **found}, indent=1, ensure_ascii=False) + "\n"
        write_whole(file, text.encode())
        return sum(len(rows) for rows in found.values())
    if file.suffix.lower() != ".csv":
        raise InputError("FILE", "", str(file), "a file that ends in .json or .csv")
    if table not in TABLES:
        raise InputError("--table", "", table, f"one of {', '.join(TABLES)}")
    rows = journal.rows(table, TABLES[table])
    write_whole(file, _csv(rows).encode())
    return len(rows)


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
