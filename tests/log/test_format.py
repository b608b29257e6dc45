"""What goes into a log comes out of it, whatever it was, and wherever the file was cut."""

import functools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.basics.errors import InputError
from host_tools.log import log_file as log_file_module
from host_tools.log.blocks import CHANNELS, decode_overview, decode_ring
from host_tools.log.frames import cut_into_frames, framed
from host_tools.log.log_file import parse_log
from host_tools.log.state import StateNames, packed, restore, unpacked
from soleus.core.basics.boots import Boots
from soleus.core.controller import Controller
from soleus.log.core_state import CoreState
from soleus.log.core_walk import walk
from soleus.log.slog_format import MAGIC, OVERVIEW_EXTRAS, OVERVIEW_MS, RING, RING_EXTRAS
from soleus.log.tick_coder import TickCoder
from tests.log.rig import log_file

BOOTS = Boots(1, ("foot", "calf", "thigh"), ("foot", "calf", "thigh"), False, False, 14_000)
BOOTS.has_gate = True
READING = st.integers(-(1 << 28) + 1, (1 << 28) - 1) | st.integers(-300, 300)
MACHINE = st.tuples(
    st.integers(-1000, 100_000) | st.just(10),
    st.integers(0, (1 << 9) - 1) | st.just(0),
    st.integers(0, (1 << 17) - 1),
    st.integers(0, (1 << 16) - 1),
    st.integers(0, (1 << 16) - 1),
    st.integers(0, 1000),
    st.integers(0, 1),
    st.integers(0, 15),
    st.integers(0, 31),
)


@pytest.mark.parametrize(("extras", "usual_ms"), [(RING_EXTRAS, 10), (OVERVIEW_EXTRAS, OVERVIEW_MS)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_ticks_come_back_as_they_were(extras: int, usual_ms: int, data: st.DataObject) -> None:
    channels = st.lists(READING, min_size=3 + extras, max_size=3 + extras)
    rows = data.draw(st.lists(st.tuples(MACHINE, channels), max_size=30))
    coder, core = TickCoder(3, extras, usual_ms), Controller(BOOTS)
    # Twice, because the first block decides how the second one is coded.
    for number in (7, 70_000):
        coder.begin(bytearray(4096), number, 123_456_789)
        for machine, values in rows:
            put(coder, core, machine, values)
        payload = bytes(coder.buffer[: coder.end()])
        decode = decode_ring if extras == RING_EXTRAS else decode_overview
        block = decode(payload, 3)
        assert (block.number, block.at_ms, block.state) == (number, 123_456_789, b"")
        assert block.ticks.tolist() == [[*machine, *values] for machine, values in rows]
        assert block.ticks.shape[1] == CHANNELS + 3 + extras


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_state_at_a_blocks_beginning_comes_back_however_soon_it_ends(data: st.DataObject) -> None:
    """It comes in pieces beside the first ticks. Meanwhile the core goes on, which changes nothing of it."""
    channels = st.lists(READING, min_size=3 + RING_EXTRAS, max_size=3 + RING_EXTRAS)
    rows = data.draw(st.lists(st.tuples(MACHINE, channels), max_size=30))
    core = Controller(BOOTS)
    coder, state = TickCoder(3, RING_EXTRAS, 10), CoreState(core)
    for number in (1, 2):
        core.at_ms = core.sequencer.level_pa = 1000 * number
        before = packed(core)
        state.take()
        coder.begin(bytearray(8192), number, core.at_ms, state)
        for machine, values in rows:
            core.at_ms += 10
            put(coder, core, machine, values)
        block = decode_ring(bytes(coder.buffer[: coder.end()]), 3)
        assert block.state == before
        assert block.ticks.tolist() == [[*machine, *values] for machine, values in rows]


def test_a_block_too_small_for_the_state_keeps_its_ticks() -> None:
    core = Controller(BOOTS)
    coder, state = TickCoder(3, RING_EXTRAS, 10), CoreState(core)
    state.take()
    coder.begin(bytearray(260), 1, 0, state)
    row = (10, 0, 0, 0, 0, 0, 0, 0, 0)
    ticks = 0
    while not coder.is_full():
        put(coder, core, row, [ticks] * 5)
        ticks += 1
    block = decode_ring(bytes(coder.buffer[: coder.end()]), 3)
    assert block.state == b""
    assert block.ticks[:, -1].tolist() == list(range(ticks))


def test_a_block_without_any_change_takes_a_bit_a_tick() -> None:
    coder, core = TickCoder(3, RING_EXTRAS, 10), Controller(BOOTS)
    rest = (10, 0, 0, 0, 0, 0, 0, 0, 0)
    for _ in range(2):
        coder.begin(bytearray(512), 1, 0)
        begin = coder.at
        for _ in range(100):
            put(coder, core, rest, [0, 1, 2, 3, 4])
    assert coder.end() - begin == 13
    assert decode_ring(bytes(coder.buffer[: coder.at]), 3).ticks.tolist() == [[*rest, 0, 1, 2, 3, 4]] * 100


@pytest.mark.parametrize("extras", [RING_EXTRAS, OVERVIEW_EXTRAS])
@pytest.mark.parametrize("chambers", [3, 10])
def test_no_tick_is_longer_than_it_says(chambers: int, extras: int) -> None:
    """`is_full` goes by this length: the next tick must always fit."""
    coder, core = TickCoder(chambers, extras, 10), Controller(BOOTS)
    coder.begin(bytearray(4096), 1, 0)
    for tick in range(20):
        before = coder.at
        values = [(-1) ** tick * ((1 << 28) - 1 - tick)] * (chambers + extras)
        core.session.state, core.latch.code = tick & 15, tick & 31
        core.commands.fill_bits = core.commands.seal_bits = core.commands.pump_permille = tick
        coder.code(11, 255, tick, core, values[:chambers], values[chambers:])
        assert coder.at - before < coder.tick_most_bytes
    assert coder.end() <= coder.at + 1


def put(coder: TickCoder, core: Controller, machine: tuple[int, ...], values: list[int]) -> None:
    dt_ms, buttons, missing_bits, *commanded, core.session.state, core.latch.code = machine
    commands = core.commands
    commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on = commanded
    assert not coder.is_full()
    coder.code(dt_ms, buttons, missing_bits, core, values[:3], values[3:])


@settings(max_examples=40, deadline=None)
@given(seed=st.randoms(use_true_random=False))
def test_the_cores_whole_state_comes_back(seed: Any) -> None:
    controller = Controller(BOOTS)
    for _, owner, name, value in list(walk(controller)):
        if isinstance(value, list):
            value[:] = [seed.choice((0, 1, -1, seed.randint(-(1 << 30) + 1, (1 << 30) - 1))) for _ in value]
        elif not isinstance(value, bool):
            setattr(owner, name, seed.randint(-(1 << 30) + 1, (1 << 30) - 1))
    again = Controller(BOOTS)
    restore(again, unpacked(packed(controller), StateNames.of(again)))
    assert packed(again) == packed(controller)
    assert numbers(again) == numbers(controller)


def numbers(controller: Controller) -> list[Any]:
    return [
        (path, list(value) if isinstance(value, list) else value) for path, _, _, value in walk(controller)
    ]


def test_the_state_holds_all_that_a_core_has() -> None:
    """The same numbers as the compiled core copies, without boots, timeline and readings."""
    from host_tools.sim.compiling.graph import Graph

    controller = Controller(BOOTS)
    graph = Graph(controller)
    left_out = (controller.boots, controller.sequencer.timeline, controller.readings)
    scalars = {(id(owner), name) for owner, name, _ in graph.scalars if not any(owner is o for o in left_out)}
    found = {(id(owner), name) for _, owner, name, value in walk(controller) if not isinstance(value, list)}
    assert found == scalars


def test_a_log_cut_at_any_byte_is_whole_up_to_the_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte of one session's file, as a power cut would leave it."""
    for name in ("decode_ring", "decode_overview"):
        monkeypatch.setattr(log_file_module, name, functools.cache(getattr(log_file_module, name)))
    content = log_file("", ("stop@8s",)).read_bytes()
    every = cut_into_frames(content)
    assert every.torn_bytes == 0
    ends = [len(MAGIC)]
    for frame in every.whole:
        ends.append(ends[-1] + len(framed(frame.kind, frame.payload)))
    for cut in range(len(content)):
        frames = cut_into_frames(content[:cut])
        whole_count = max(sum(end <= cut for end in ends) - 1, 0)
        assert frames.whole == every.whole[:whole_count]
        assert frames.whole_bytes + frames.torn_bytes == cut
        if whole_count == 0:
            with pytest.raises(InputError):
                parse_log(content[:cut], Path("cut.slog"))
            continue
        log = parse_log(content[:cut], Path("cut.slog"))
        assert log.torn_bytes == cut - ends[whole_count]
        assert len(log.blocks) == sum(frame.kind == RING for frame in every.whole[:whole_count])


def test_a_broken_byte_costs_what_follows_and_nothing_before() -> None:
    content = log_file("", ("stop@8s",)).read_bytes()
    every = cut_into_frames(content)
    for at in range(4, len(content), 17):
        broken = bytearray(content)
        broken[at] ^= 0x20
        frames = cut_into_frames(bytes(broken))
        assert frames.whole == every.whole[: len(frames.whole)]
        assert frames.whole_bytes <= at
