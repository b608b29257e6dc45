"""Where the time goes: plant and core each alone, and the core once more in plain Python."""

from host_tools.benchmark.speed.replay import Exchange, fresh_core, fresh_plant, replay_core, replay_plant
from host_tools.benchmark.speed.stopwatch import Job
from host_tools.sim.compiled import freeze, plain
from host_tools.sim.compiling.structs import Frozen
from host_tools.sim.request import Request
from host_tools.sim.simulate import run

PLANT = "plant"
CORE = "core"
# The plain core is slow, so both are timed over the first two minutes only.
SHORT_CORE = "core, two minutes"
PLAIN_CORE = "plain core, two minutes"
SHORT_TICKS = 12_000


def part_jobs(request: Request) -> dict[str, Job]:
    exchange = Exchange(run(request).trace)
    frozen_exchange, ticks_count = freeze(exchange), len(exchange.dt_ms)
    plain_replay = plain(replay_core)
    return {
        PLANT: lambda: _same(replay_plant(*_frozen_plant(request), frozen_exchange, ticks_count)),
        CORE: lambda: _same(replay_core(freeze(fresh_core(request)), frozen_exchange, ticks_count)),
        SHORT_CORE: lambda: _same(replay_core(freeze(fresh_core(request)), frozen_exchange, SHORT_TICKS)),
        PLAIN_CORE: lambda: _same(plain_replay(fresh_core(request), exchange, SHORT_TICKS)),
    }


def _frozen_plant(request: Request) -> tuple[Frozen, Frozen, Frozen]:
    plant, commands, readings = fresh_plant(request)
    return freeze(plant), freeze(commands), freeze(readings)


def _same(differing_count: int) -> None:
    assert differing_count == 0, f"{differing_count} ticks of the replay differ from the recording"
