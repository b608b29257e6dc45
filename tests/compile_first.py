"""What many tests need compiled: in a whole run, one of the workers begins with it."""

from host_tools.sim.compiled_plant import CompiledPlant
from host_tools.sim.request import new_controller, new_plant, prepare
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.user_events import presses_of
from tests.sim.session_rig import SENSORS, VALVES, board, program


def compile_sessions() -> None:
    """The plant alone, and a session of every kind of boots: the kinds share much of their code."""
    for valves in VALVES:
        for sensors in SENSORS:
            request = prepare(program(), board(valves, sensors), "nominal")
            controller, plant = new_controller(request), new_plant(request)
            CompiledRun(controller, plant, presses_of(request.events))
    CompiledPlant(plant, controller.boots.count)
