"""The same readings give the same commands on CPython and on two MicroPythons, tick by tick.

Each session is recorded from the compiled simulator, then replayed from its readings alone: by the
core as CPython runs it, and by both MicroPythons with the heap locked in every step.
"""

import importlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soleus.core.basics.boots_table import read_boots
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program
from tests.micropython.interpreters.run import INTERPRETERS
from tests.micropython.replays.record import columns, replay_session, write_session
from tests.micropython.replays.sessions import CASES, CHECKS, Recording, checked, recorded

Replay = Callable[[Recording, Path], int]
Note = Callable[[str, object], None]


def replay_cpython(recording: Recording, _: Path) -> int:
    """Returns how many ticks came out as recorded; a difference fails the test."""
    names = columns(len(recording.boots["chambers"]) * recording.boots["legs"])
    first_pa, first_out = names.index("chamber_pa[0]"), names.index("fill_bits")
    controller = Controller(read_boots(dict(recording.boots)))
    program = read_program(dict(recording.program))
    make_ready(controller, program, recording.minutes, recording.pressure_mmhg)
    if recording.check:
        kind = importlib.import_module(f"soleus.core.{recording.check}")
        controller.service = kind.service_for(controller.boots)
    readings = controller.readings
    for tick, row in enumerate(recording.rows.tolist()):
        dt_ms, readings.buttons, readings.missing_bits, readings.manifold_pa, readings.supply_mv = row[
            :first_pa
        ]
        readings.chamber_pa[:] = row[first_pa:first_out]
        commands = controller.step(readings, dt_ms)
        came_out = [commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on]
        came_out += [controller.session.state, controller.latch.code]
        assert came_out == row[first_out:], f"tick {tick}: {names[first_out:]}"
    return len(recording.rows)


def micropython(run: Callable[..., str]) -> Replay:
    def replay(recording: Recording, folder: Path) -> int:
        session = (recording.boots, recording.program, recording.minutes, recording.pressure_mmhg)
        write_session(folder, *session, recording.rows, recording.check)
        # Here the core is compiled from its sources; a check fill on top of it needs more than a chip's heap.
        options = {"heap_bytes": 1 << 20} if recording.check else {}
        ticks: int = replay_session(run, folder, **options)["ticks"]
        return ticks

    return replay


REPLAYS: dict[str, Replay] = {
    "cpython": replay_cpython,
    **{run.__name__.removeprefix("run_"): micropython(run) for run in INTERPRETERS},
}


@pytest.mark.parametrize("interpreter", REPLAYS)
@pytest.mark.parametrize("name", [*CASES, *CHECKS])
def test_same_commands_at_every_tick(
    name: str, interpreter: str, tmp_path: Path, record_property: Note
) -> None:
    recording = recorded(name)
    record_property("replay", [name, interpreter, len(recording.rows)])
    started = time.perf_counter()
    ticks = REPLAYS[interpreter](recording, tmp_path)
    print(f"{name}: {ticks} ticks the same on {interpreter}, {time.perf_counter() - started:.1f} s")
    assert ticks == len(recording.rows)


@pytest.mark.parametrize("name", CASES)
def test_a_session_is_what_its_name_says(name: str) -> None:
    recording, case = recorded(name), CASES[name]
    assert (recording.states, recording.trips, recording.rests) == (case.states, case.trips, case.rests)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_fill_finds_what_its_name_says(name: str) -> None:
    assert list(checked(name).findings.found) == list(CHECKS[name].found)


def test_one_wrong_reading_is_not_replayed_to_the_same_commands() -> None:
    """The comparison can fail: with slightly higher readings the same session goes another way."""
    recording = recorded("louder and softer")
    wrong = recording.rows.copy()
    wrong[:, columns(10).index("chamber_pa[3]")] += 400 * (wrong[:, -2] == 2)
    with pytest.raises(AssertionError, match="tick"):
        replay_cpython(Recording(**{**vars(recording), "rows": wrong}), Path())
