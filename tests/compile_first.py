"""What many tests need compiled: each worker of a whole run compiles a part of it before its first test."""

from collections.abc import Callable

from host_tools.sim.compiled_plant import CompiledPlant
from host_tools.sim.request import new_controller, new_plant, prepare
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.user_events import presses_of
from tests.sim.session_rig import board, program


def compile_share(worker: int, workers: int) -> None:
    """The others find the rest on the disk; one that needs a part too early waits for it."""
    for parts in SHARES[worker::workers]:
        for compile_part in parts:
            compile_part()


def _session(valves: str, sensors: str) -> Callable[[], None]:
    def compile_it() -> None:
        request = prepare(program(), board(valves, sensors), "nominal")
        CompiledRun(new_controller(request), new_plant(request), presses_of(request.events))

    return compile_it


def _plant_alone() -> None:
    request = prepare(program(), board(), "nominal")
    CompiledPlant(new_plant(request), request.board.boots.count)


# Two shares take about as long as each other. Sessions of one kind after another share much of their code.
SHARES = [
    [_session("fill_vent", "manifold"), _plant_alone],
    [
        _session("fill_vent", "per_chamber"),
        _session("three_way", "per_chamber"),
        _session("three_way", "manifold"),
    ],
]
