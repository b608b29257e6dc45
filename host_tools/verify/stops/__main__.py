"""`python -m host_tools.verify.stops`: a stop with every chamber full, on every board and plant."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from host_tools.basics.atomic_file import write_whole
from host_tools.catalogue.boards import board_names
from host_tools.plant.files.spec import plant_names
from host_tools.verify.stops.stops import AIM_S, LEVELS_MMHG, Stop, stop_of


def stops(
    draws: Annotated[int, typer.Option(help="Machines drawn from each plant.", min=1)] = 20,
    board: Annotated[list[str] | None, typer.Option(help="This one alone; may be given again.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Every worst draw, as the docs have it.")
    ] = None,
) -> None:
    """The worst draw of each. That some miss the aim is no failure: see docs/safety.md."""
    cases = [
        (name, plant, level)
        for name in board or board_names()
        for level in LEVELS_MMHG
        for plant in plant_names()
    ]
    worst = [stop for case in track(cases, "stops") if (stop := _worst(*case, draws))]
    for stop in worst:
        miss = " (missed)" if stop.took_s > AIM_S else ""
        print(
            f"{stop.board}, {stop.plant}, {stop.level_mmhg} mmHg: {stop.took_s:.2f} s, open vents alone"
            f" {stop.vents_s:.2f} s; {stop.last_chamber}, seed {stop.seed}{miss}"
        )
    if json_file:
        rows = [{key: _round(value) for key, value in asdict(stop).items()} for stop in worst]
        write_whole(json_file, (json.dumps({"draws": draws, "worst": rows}, indent=1) + "\n").encode())


def _worst(board: str, plant: str, level_mmhg: int, draws: int) -> Stop | None:
    stops = [stop_of(board, plant, level_mmhg, seed) for seed in range(draws)]
    return max(filter(None, stops), key=lambda stop: stop.took_s, default=None)


def _round(value: object) -> object:
    return round(value, 2) if isinstance(value, float) else value


if __name__ == "__main__":
    typer.run(stops)
