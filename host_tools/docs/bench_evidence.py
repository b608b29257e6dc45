"""`python -m host_tools.docs.bench_evidence PART`: the figures behind docs/bench.md, each part as a table.

Each part takes minutes to half an hour. So the tables are made by themselves, and the page from the tables.
"""

import csv
import io
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import UNUSABLE_INPUT, InputError
from host_tools.basics.paths import CHECKOUT
from host_tools.bench.accuracy import VALVES, errors_of
from host_tools.bench.measure.line import Line
from host_tools.bench.run import run_suite
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.bench.targets.target import Target
from host_tools.bench.targets.virtual_target import VirtualTarget
from host_tools.catalogue.boards import load_board
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import load_plant
from host_tools.twin.exact import exact_twin
from host_tools.twin.fit import fit_twin
from host_tools.twin.plant_file import plant_toml
from host_tools.twin.prediction import predict
from host_tools.verify.healthy.many import PROCESSES

FOLDER = CHECKOUT / "docs" / "data" / "bench"
SMALL_BOARD = "esp32-devkit"
DAMAGED = {DEFAULT_BOARD: FOLDER / "damaged.toml", SMALL_BOARD: FOLDER / "damaged-devkit.toml"}
# Seeds that were not used for tuning.
ACCURACY_SEEDS, TWIN_SEEDS = range(500, 530), range(602, 622)
ENDURANCE_CYCLES = 1000
# One chamber of each zone, because a cycle of all ten takes a minute.
ENDURANCE_CHAMBERS = ("left.foot", "left.calf", "right.thigh")
TWIN_PROGRAMS = ("bedtime", "easy-run")

Row = dict[str, Any]


class Part(StrEnum):
    ACCURACY = "accuracy"
    ACCEPTANCE = "acceptance"
    VIRTUAL = "virtual"
    ENDURANCE = "endurance"
    TWIN = "twin"


def accuracy_row(seed: int) -> Row:
    """The worst errors on one machine."""
    errors = errors_of(load_board(DEFAULT_BOARD), load_plant(DEFAULT_PLANT), seed)
    row: Row = {"seed": seed}
    for name in ("leak_percent", "volume_percent", "pump_percent"):
        values = getattr(errors, name)
        row[name] = round(float(np.abs(values).max()), 2)
        row[f"{name}_rms"] = round(float(np.sqrt(np.mean(values**2))), 2)
    for key in VALVES:
        row[key] = round(float(np.abs(errors.valve_ms[key]).max()), 2)
        row[f"{key}_rms"] = round(float(np.sqrt(np.mean(errors.valve_ms[key] ** 2))), 2)
    row["relief_mmhg"] = round(errors.relief_mmhg, 1)
    return row


def acceptance_rows(board: str) -> list[Row]:
    """Machines without faults, and the damaged one."""
    rows = []
    for plant, seed in [*((DEFAULT_PLANT, seed) for seed in range(3)), (str(DAMAGED[board]), 0)]:
        target = SimTarget(load_board(board), load_plant(plant), seed)
        rows.append(_acceptance_row(target, plant, seed))
    return rows


def virtual_rows() -> list[Row]:
    """The same on the firmware itself, over its console link."""
    rows = []
    damaged = str(DAMAGED[SMALL_BOARD])
    plants = ((DEFAULT_BOARD, DEFAULT_PLANT), (SMALL_BOARD, DEFAULT_PLANT), (SMALL_BOARD, damaged))
    for board, plant in plants:
        target = VirtualTarget(load_board(board), load_plant(plant))
        try:
            rows.append(_acceptance_row(target, plant, 0))
        finally:
            target.close()
    return rows


def _acceptance_row(target: Target, plant: str, seed: int) -> Row:
    began_s = time.monotonic()
    run = run_suite(target, "acceptance")
    counts = {status: sum(line.status == status for line in run.lines) for status in ("passed", "FAILED")}
    return {
        "target": run.target,
        "board": run.identity.board,
        "plant": Path(plant).stem.partition("-")[0],
        "seed": seed,
        "lines": len(run.lines),
        "passed": counts["passed"],
        "failed": counts["FAILED"],
        "minutes": round(run.took_s / 60, 1),
        "laptop_s": round(time.monotonic() - began_s),
        "which": "; ".join(_said(line) for line in run.failed),
    }


def _said(line: Line) -> str:
    """The line's result, or its reason if it has no result."""
    why = f"({line.note})" if line.value is None and not line.text and line.note else ""
    return f"{line.title} {line.shown} {line.unit} {why}".strip()


def endurance_rows(cycles: int = ENDURANCE_CYCLES) -> list[Row]:
    target = SimTarget(load_board(DEFAULT_BOARD), load_plant(DEFAULT_PLANT), 0, has_mains=True)
    run = run_suite(target, "endurance", chambers=ENDURANCE_CHAMBERS, cycles=cycles)
    return [
        {"line": line.title, "value": line.shown, "unit": line.unit, "status": line.status, "note": line.note}
        for line in run.lines
        if line.key.startswith("endurance")
    ]


def twin_row(seed: int) -> Row:
    board, plant = load_board(DEFAULT_BOARD), load_plant(DEFAULT_PLANT)
    fitted = fit_twin(run_suite(SimTarget(board, plant, seed), "acceptance"))
    exact = exact_twin(draw_plant(plant, board.boots, seed), board.boots.names)
    row: Row = {
        "seed": seed,
        "fit_mmhg": round(float(np.mean([one.rms_mmhg for one in fitted.at.values()])), 2),
    }
    with tempfile.TemporaryDirectory() as folder:
        files = {"twin": Path(folder) / "twin.toml", "same": Path(folder) / "same.toml"}
        for name, twin in (("twin", fitted), ("same", exact)):
            files[name].write_text(plant_toml(twin), encoding="utf-8")
        for program in TWIN_PROGRAMS:
            for name, file in files.items():
                told = predict(board, plant, load_plant(file), seed, program)
                row[f"{program}_{name}_shape"] = round(told.shape_mmhg, 2)
                row[f"{program}_{name}_driven"] = round(told.driven_mmhg, 2)
                row[f"{program}_{name}_rhythm"] = round(told.rhythm_mmhg, 2)
    return row


def make(part: Annotated[list[Part] | None, typer.Argument()] = None) -> None:
    """Make these tables again, or all."""
    makers: dict[Part, Callable[[], list[Row]]] = {
        Part.ACCURACY: lambda: _each(accuracy_row, ACCURACY_SEEDS),
        Part.ACCEPTANCE: lambda: [
            row for board in (DEFAULT_BOARD, SMALL_BOARD) for row in acceptance_rows(board)
        ],
        Part.VIRTUAL: virtual_rows,
        Part.ENDURANCE: endurance_rows,
        Part.TWIN: lambda: _each(twin_row, TWIN_SEEDS),
    }
    for one in part or Part:
        file = FOLDER / f"{one}.csv"
        write_whole(file, _csv(makers[one]()).encode())
        print(file.relative_to(CHECKOUT))


def read_rows(part: Part) -> list[dict[str, str]]:
    with (FOLDER / f"{part}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _each(work: Callable[[int], Row], seeds: Iterable[int]) -> list[Row]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context) as pool:
        return list(pool.map(work, seeds))


def _csv(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    try:
        typer.run(make)
    except InputError as error:
        print(f"evidence: {error}", file=sys.stderr)
        sys.exit(UNUSABLE_INPUT)
