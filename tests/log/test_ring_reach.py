"""How many seconds back the ring reaches, at every tick of a session."""

from pathlib import Path

import pytest

from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.programs import load_program_table
from host_tools.log.log_file import read_log
from host_tools.log.replay import replay
from host_tools.log.write import write_session_log
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import load_plant
from host_tools.sim.simulate import simulate
from soleus.core.controller import Controller
from soleus.log.ring import Ring
from soleus.log.ring_size import block_bytes

REACH_LEAST_MS = 10_000
# By then every chamber's speeds are learned, and the state is at its longest.
STOP_AT = "stop@420s"

# With ten sensors: the highest pressures, the longest states, and the plant that makes the most of a state.
SESSIONS = [
    ("esp32-devkit", "easy-run", "nominal"),
    ("esp32-devkit", "plain-flow", "nominal"),
    ("esp32-s3-duo", "research-80", "nominal"),
    ("esp32-s3-duo", "research-80", "tired"),
    ("esp32-s3-duo", "plain-gradient", "nominal"),
    ("esp32-s3-duo", "plain-flow", "nominal"),
    ("esp32-s3-duo", "race", "nominal"),
    ("esp32-c3-manifold", "easy-run", "nominal"),
    ("esp32-c3-manifold", "plain-wave", "nominal"),
]


class Reach:
    """A ring filled from a replay, tick by tick, and how far back it reached at each tick."""

    def __init__(self, board: Board) -> None:
        self.block_bytes = block_bytes(board.boots, board.table["sensors"]["driver"])
        self.ring: Ring | None = None
        self.begun_at_ms: dict[int, int] = {}
        # At each tick since the ring has been full.
        self.reach_ms: list[int] = []

    def note(self, controller: Controller, dt_ms: int) -> None:
        self.ring = self.ring or Ring(controller, self.block_bytes)
        self.ring.record(dt_ms)
        self.begun_at_ms.setdefault(self.ring.number, controller.at_ms)
        if self.ring.oldest > 1:
            self.reach_ms.append(controller.at_ms - self.begun_at_ms[self.ring.oldest])


@pytest.mark.parametrize(("board_name", "program", "plant_name"), SESSIONS)
def test_the_ring_reaches_ten_seconds_back_at_every_tick(
    board_name: str, program: str, plant_name: str, tmp_path: Path
) -> None:
    board = load_board(board_name)
    plant = on_board(load_plant(plant_name), board.table)
    session = simulate(program, board, plant, event=[STOP_AT])
    write_session_log(session, load_program_table(program), tmp_path / "session.slog")
    reach = Reach(board)
    assert replay(read_log(tmp_path / "session.slog"), reach.note).difference is None
    print(f"{board_name}, {program}, {plant_name}: {min(reach.reach_ms) / 1000} s at least")
    assert len(reach.reach_ms) > 360 * 100
    assert min(reach.reach_ms) >= REACH_LEAST_MS
