"""What a board's parts change of the plant: sensors that are read in turns, and the one-shot."""

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import load_plant
from soleus.core.basics.limits import TICK_MS
from tests.plant.plant_rig import Boots, Rig

DEVKIT, DUO, ONE_SENSOR = "esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"
LEFT, RIGHT = 0b00000_11111, 0b11111_00000


def rig(board: str, boots: Boots, faults: tuple[str, ...] = ()) -> Rig:
    return Rig(boots, on_board(load_plant("nominal"), load_board(board).table), faults=faults)


def test_the_duo_reads_one_leg_in_each_tick_and_the_other_keeps_what_it_showed() -> None:
    duo = rig(DUO, Boots(), faults=("sensor.left.foot:off@0.1s",))
    before = list(duo.readings.chamber_pa)
    seen_missing = []
    for tick in range(14):
        duo.plant.tick(duo.commands, duo.readings)
        changed_bits = sum(
            (now != then) << index
            for index, (now, then) in enumerate(zip(duo.readings.chamber_pa, before, strict=True))
        )
        assert changed_bits & (RIGHT if tick % 2 == 0 else LEFT) == 0
        before = list(duo.readings.chamber_pa)
        seen_missing.append(duo.readings.missing_bits)
    # At first the right leg has not had its turn; in the end one sensor is off, in its own turn and after it.
    assert seen_missing[0] == RIGHT
    assert set(seen_missing[1:10]) == {0}
    assert seen_missing[-2:] == [1, 1]


@pytest.mark.parametrize("board", [DEVKIT, ONE_SENSOR])
def test_other_boards_read_all_sensors_in_each_tick(board: str) -> None:
    assert rig(board, Boots(legs=1)).plant.sensors.half == 0


@pytest.mark.parametrize("has_gate", [False, True], ids=["pump", "gate"])
def test_the_one_shot_takes_the_power_after_50_ms_without_a_tick(has_gate: bool) -> None:
    """A clock that is late by 290 ms: the manifold gets the air of the first 50 and of the rotor."""
    boots = Boots(legs=1, gate=has_gate)
    highest_mmhg = {}
    for board in (DEVKIT, ""):
        spec = load_plant("nominal")
        late = Rig(
            boots, on_board(spec, load_board(board).table) if board else spec, faults=("clock:delayed@5s",)
        )
        late.command(fill=1, seal=0b11111, pump=1000)
        for _ in range(520):
            late.plant.tick(late.commands, late.readings)
            if late.plant.tick_ms > TICK_MS:
                break
        highest_mmhg[board] = late.pressure[0]
        is_cut_off = late.plant.valves.is_energised.sum() == 0
        assert bool(is_cut_off) == (has_gate and board != "")
    assert highest_mmhg[DEVKIT] < highest_mmhg[""] - 3
