"""The life of a session: what each button does in each state, and what nobody's button can do."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import faults
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import (
    ASK_FOR_PRESENCE_MS,
    COLLAPSE_COUNT,
    LEVEL_STEP_PA,
    PAUSE_MOST_MS,
    PRESSED_MOST_MS,
    RUNAWAY_COUNT,
    SOFT_START_PERMILLE,
    SOFTEST_PA,
    TICK_MOST_MS,
    TICK_VENTED_MOST_MS,
)
from soleus.core.basics.signals import BUTTON_SERVICE
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import CHECK_VENT_MS, ROTOR_STOPS_MS, SURVEY_AFTER_MS
from soleus.core.make_ready import make_ready, presence_minutes
from soleus.core.program.timeline import STAGE_REST
from soleus.core.sensing.zeroing import AVERAGED_TICKS
from soleus.core.session.session import (
    CHECKING,
    CLEAR_AFTER_MS,
    COMPLETED,
    DONE,
    FAULT,
    IDLE,
    NO_PRESENCE,
    NOT_ENDED,
    PAUSED,
    RUNNING,
    SERVICE,
    STATE_NAMES,
    STOPPED,
    VENTING,
    WIND_DOWN_MS,
    Session,
)
from tests.core.fake_air import (
    ALIVE,
    CLEAR,
    LOUDER,
    PAUSE,
    RESUME,
    SOFTER,
    START,
    STOP,
    TICK_MS,
    Machine,
    boots,
    is_all_vent,
    program,
)

FOOT, CALF, THIGH = range(3)
ALL_BUTTONS = START | STOP | PAUSE | RESUME | LOUDER | SOFTER | CLEAR | ALIVE

LAYOUTS = {
    f"{valves}, {sensors}": {"valves": valves, "sensors": sensors}
    for valves in ("fill_vent", "three_way")
    for sensors in ("per_chamber", "manifold")
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS)


def tripped(machine: Machine) -> None:
    """A fault that comes from outside the machine's pressures: the clock stumbles."""
    machine.tick(dt_ms=TICK_VENTED_MOST_MS + 1)
    assert machine.state == FAULT


def brought_to(state: int, machine: Machine | None = None) -> Machine:
    """A machine in this state, by the way that a person and the clock would take it there."""
    machine = machine or Machine()
    if state == IDLE:
        return machine
    if state == SERVICE:
        machine.tick(BUTTON_SERVICE)
        machine.until_state(SERVICE)
        return machine
    if state == FAULT:
        machine.started().until_state(RUNNING)
        tripped(machine.until_pressed())
        return machine
    machine.started()
    if state == CHECKING:
        return machine
    machine.until_state(RUNNING)
    machine.until_pressed()
    if state == PAUSED:
        machine.tick(PAUSE)
        machine.until_state(PAUSED)
    elif state in (VENTING, DONE):
        machine.tick(STOP)
        machine.until_state(state)
    return machine


# --- from start to end ---


@each_layout
def test_a_session_goes_through_its_states_in_order(layout: str) -> None:
    machine = Machine(boots(**LAYOUTS[layout]), program(minutes=5)).started()
    states = [machine.state]
    for _ in machine.ticks(6 * 60 * 100):
        if machine.state != states[-1]:
            states.append(machine.state)
    assert [STATE_NAMES[state] for state in states] == ["checking", "running", "venting", "done"]
    assert machine.controller.session.ended_by == COMPLETED
    assert machine.controller.interlock.refused_count == 0


def test_it_ends_by_time_with_the_pump_stopped_before_the_valves() -> None:
    machine = Machine(the_program=program(minutes=5)).started()
    machine.until_state(RUNNING)
    run_s = machine.until_state(VENTING, 400)
    assert abs(run_s - 5 * 60 - WIND_DOWN_MS / 1000) <= 2 * TICK_MS / 1000
    assert all(is_all_vent(commands) or commands.pump_permille == 0 for commands in machine.ticks(500))


def test_the_check_takes_a_vent_and_a_second_of_readings_and_makes_no_pressure() -> None:
    machine = Machine().started()
    while machine.state == CHECKING:
        assert machine.controller.commands.fill_bits == machine.controller.commands.pump_permille == 0
        machine.tick()
    checked_ms = CHECK_VENT_MS + AVERAGED_TICKS * TICK_MS
    assert abs(machine.controller.at_ms - checked_ms) <= 3 * TICK_MS


def test_done_means_that_every_chamber_was_seen_empty() -> None:
    machine = brought_to(RUNNING)
    machine.air.blocked.add(CALF)
    machine.tick(STOP)
    machine.run(4)
    assert machine.state == VENTING
    machine.air.blocked.clear()
    machine.until_state(DONE, 5)
    assert max(machine.air.pressure_pa) < pa_from_mmhg(10)


def test_nothing_starts_without_a_program() -> None:
    machine = Machine()
    machine.controller.session.load(0, 0, 0, 0)
    machine.tick(START)
    assert machine.state == IDLE


@pytest.mark.parametrize(
    "state", [CHECKING, RUNNING, PAUSED, VENTING, FAULT, SERVICE], ids=lambda s: STATE_NAMES[s]
)
def test_no_program_is_loaded_under_a_person(state: int) -> None:
    machine = brought_to(state)
    with pytest.raises(SettingError, match="a machine at rest"):
        make_ready(machine.controller, program())


@pytest.mark.parametrize("state", [IDLE, DONE], ids=lambda s: STATE_NAMES[s])
def test_a_machine_at_rest_starts_again_and_checks_again(state: int) -> None:
    machine = brought_to(state)
    make_ready(machine.controller, program(pressure={"min": 30, "max": 40}))
    machine.tick(START)
    assert machine.state == CHECKING
    assert machine.controller.session.ended_by == NOT_ENDED
    machine.until_state(RUNNING)
    assert machine.controller.sequencer.cycles_count == 0


# --- every button in every state ---

# What a press does at once; what isn't named stays where it is.
PRESSES: dict[tuple[int, int], int] = {
    (IDLE, START): CHECKING,
    (DONE, START): CHECKING,
    (CHECKING, STOP): VENTING,
    (SERVICE, STOP): VENTING,
    (RUNNING, STOP): VENTING,
    (PAUSED, STOP): VENTING,
    (PAUSED, RESUME): RUNNING,
    (PAUSED, START): RUNNING,
}
BUTTONS = {
    "start": START, "stop": STOP, "pause": PAUSE, "resume": RESUME,
    "louder": LOUDER, "softer": SOFTER, "clear": CLEAR, "alive": ALIVE,
}  # fmt: skip


@pytest.mark.parametrize("name", BUTTONS)
@pytest.mark.parametrize("state", range(len(STATE_NAMES)), ids=STATE_NAMES.__getitem__)
def test_a_button_does_what_the_table_says_and_nothing_else(state: int, name: str) -> None:
    machine = brought_to(state)
    machine.tick(BUTTONS[name])
    assert STATE_NAMES[machine.state] == STATE_NAMES[PRESSES.get((state, BUTTONS[name]), state)]


@pytest.mark.parametrize("others", [0, ALL_BUTTONS], ids=["alone", "with every other button"])
@pytest.mark.parametrize("state", range(len(STATE_NAMES)), ids=STATE_NAMES.__getitem__)
def test_stop_vents_within_the_tick_from_everywhere(state: int, others: int) -> None:
    machine = brought_to(state)
    commands = machine.tick(STOP | others)
    assert (commands.seal_bits, commands.pump_permille) == (0, 0)
    # What is filled stays joined until the rotor has stopped, with its vent open.
    assert commands.fill_bits == 0 or state in (RUNNING, VENTING)


@each_layout
def test_after_a_stop_no_pump_until_it_is_done_and_nothing_closed_before_the_air_is_out(layout: str) -> None:
    """Then the chambers are looked at, for a moment: an open vent alone doesn't show that they are empty."""
    machine = brought_to(RUNNING, Machine(boots(**LAYOUTS[layout])))
    machine.tick(STOP)
    vented_ms = 0
    while machine.state != DONE:
        commands = machine.tick()
        vented_ms += TICK_MS
        assert commands.pump_permille == 0
        assert commands.fill_bits.bit_count() <= 1, "a manifold's sensor looks at one chamber at a time"
        if ROTOR_STOPS_MS < vented_ms < SURVEY_AFTER_MS:
            assert commands.fill_bits == commands.seal_bits == 0
    assert machine.controller.session.ended_by == STOPPED


@each_layout
def test_a_stop_in_the_rest_opens_everything_for_a_while_too(layout: str) -> None:
    """Even in the midst of a look at chambers that have been open for long."""
    machine = Machine(boots(**LAYOUTS[layout]), program(rest_s=60)).started()
    machine.until(lambda m: m.controller.sequencer.stage_kind() == STAGE_REST)
    machine.until(lambda m: m.controller.commands.fill_bits | m.controller.commands.seal_bits != 0)
    machine.tick(STOP)
    for _ in range(SURVEY_AFTER_MS // TICK_MS - 1):
        commands = machine.controller.commands
        assert (commands.fill_bits, commands.seal_bits, commands.pump_permille) == (0, 0, 0)
        machine.tick()
    machine.until_state(DONE, 5)


def test_stop_doesnt_wait_for_a_wind_down() -> None:
    machine = brought_to(RUNNING)
    machine.tick(PAUSE)
    assert machine.state == RUNNING
    machine.tick(STOP)
    assert machine.state == VENTING


# --- pause ---


@each_layout
def test_a_pause_winds_down_and_vents(layout: str) -> None:
    machine = brought_to(RUNNING, Machine(boots(**LAYOUTS[layout])))
    assert machine.tick(PAUSE).pump_permille == 0
    assert abs(machine.until_state(PAUSED) * 1000 - WIND_DOWN_MS) <= TICK_MS
    assert all(is_all_vent(commands) for commands in machine.ticks(500))
    assert max(machine.air.pressure_pa) < pa_from_mmhg(10)


def test_a_resumed_cycle_begins_at_the_foot() -> None:
    machine = brought_to(PAUSED)
    machine.run(5)
    machine.tick(RESUME)
    assert machine.state == RUNNING
    assert machine.controller.sequencer.keep_bits == 1 << FOOT


def test_a_pause_takes_no_time_from_the_session() -> None:
    machine = brought_to(RUNNING)
    run_ms = machine.controller.session.run_ms
    machine.tick(PAUSE)
    machine.until_state(PAUSED)
    machine.run(60)
    machine.tick(RESUME)
    assert machine.controller.session.run_ms - run_ms <= 3 * TICK_MS


@each_layout
def test_a_forgotten_pause_ends_the_session_and_not_a_tick_early(layout: str) -> None:
    machine = brought_to(PAUSED, Machine(boots(**LAYOUTS[layout])))
    machine.run(PAUSE_MOST_MS / 1000)
    assert machine.state == PAUSED
    machine.tick()
    assert machine.state == VENTING
    assert machine.controller.session.ended_by == STOPPED


def test_a_pause_in_the_soft_start_keeps_it_soft() -> None:
    machine = brought_to(PAUSED)
    machine.tick(RESUME)
    soft_pa = machine.controller.session.asked_pa * SOFT_START_PERMILLE // 1000
    assert machine.target_pa[FOOT] == soft_pa


# --- louder and softer ---


def shown(machine: Machine) -> Machine:
    """As after a whole cycle at the highest level there is."""
    machine.controller.sequencer.whole_pa = pa_from_mmhg(120)
    return machine


def asked_mmhg(machine: Machine) -> int:
    return round(machine.controller.session.asked_pa / 133.322)


@pytest.mark.parametrize(
    ("presses", "ends_at"),
    [
        ([LOUDER], 55),
        ([SOFTER], 45),
        ([LOUDER, SOFTER], 50),
        ([LOUDER] * 2, 60),
        ([LOUDER] * 9, 60),
        ([SOFTER] * 2, 40),
        ([SOFTER] * 9, 20),
        ([LOUDER] * 9 + [SOFTER], 55),
    ],
)
def test_louder_ends_where_the_program_does_and_softer_where_a_boot_just_holds_the_leg(
    presses: list[int], ends_at: int
) -> None:
    machine = shown(brought_to(RUNNING))
    for press in presses:
        machine.tick(press)
    assert asked_mmhg(machine) == ends_at


@settings(max_examples=50, deadline=None)
@given(presses=st.lists(st.sampled_from([0, LOUDER, SOFTER, LOUDER | SOFTER]), max_size=40))
def test_no_run_of_presses_leaves_the_range(presses: list[int]) -> None:
    machine = Machine()
    machine.controller.session.state = RUNNING
    session = shown(machine).controller.session
    for press in presses:
        before_pa = session.asked_pa
        machine.tick(press)
        assert SOFTEST_PA <= session.asked_pa <= session.most_pa
        assert abs(session.asked_pa - before_pa) <= LEVEL_STEP_PA


@pytest.mark.parametrize(
    ("asked_mmhg", "button", "becomes_mmhg"), [(58, LOUDER, 60), (42, SOFTER, 37), (22, SOFTER, 20)]
)
def test_the_last_step_is_as_small_as_what_is_left(asked_mmhg: int, button: int, becomes_mmhg: int) -> None:
    session, machine = Session(), shown(brought_to(RUNNING))
    machine.controller.session = session
    session.load(20 * 60_000, pa_from_mmhg(asked_mmhg), pa_from_mmhg(60), 0)
    session.state = RUNNING
    machine.tick(button)
    assert asked_mmhg != becomes_mmhg == round(session.asked_pa / 133.322)


def test_a_board_caps_what_louder_can_reach() -> None:
    machine = shown(brought_to(RUNNING, Machine(boots(max_pressure_mmhg=53))))
    for _ in range(5):
        machine.tick(LOUDER)
    assert asked_mmhg(machine) == 53


def test_softer_lowers_the_target_in_that_very_tick() -> None:
    machine = brought_to(RUNNING)
    machine.until(lambda m: m.controller.sequencer.cycles_count == 1)
    machine.until_pressed()
    machine.tick(SOFTER)
    assert machine.target_pa == [pa_from_mmhg(50) - LEVEL_STEP_PA] * 3


def test_louder_waits_for_the_next_cycle() -> None:
    machine = brought_to(RUNNING)
    machine.until(lambda m: m.controller.sequencer.cycles_count == 2)
    machine.until_pressed()
    machine.tick(LOUDER)
    while machine.controller.sequencer.cycles_count == 2:
        assert max(machine.target_pa) <= pa_from_mmhg(50)
        machine.tick()
    assert machine.target_pa[FOOT] == pa_from_mmhg(50) + LEVEL_STEP_PA


def test_louder_does_nothing_before_a_whole_cycle_has_shown_the_present_level() -> None:
    """The soft start has shown less; and what was just asked for has not been shown yet."""
    machine = brought_to(RUNNING)
    reached = []
    for cycle in range(1, 6):
        for _ in range(3):
            machine.tick(LOUDER)
        reached.append(asked_mmhg(machine))
        machine.until(lambda m, cycle=cycle: m.controller.sequencer.cycles_count == cycle)
    # What was pressed in a cycle is shown by the next one.
    assert reached == [50, 50, 55, 55, 60]


def test_a_cycle_that_was_cut_short_has_shown_nothing() -> None:
    machine = brought_to(RUNNING)
    for cycles in (1, 2):
        machine.until_pressed()
        machine.controller.sequencer.release_early()
        machine.until(lambda m, cycles=cycles: m.controller.sequencer.cycles_count == cycles)
    machine.tick(LOUDER)
    assert asked_mmhg(machine) == 50


def test_the_next_session_has_shown_nothing_yet() -> None:
    machine = shown(brought_to(DONE)).started()
    machine.until_state(RUNNING)
    machine.tick(LOUDER)
    assert asked_mmhg(machine) == 50


@pytest.mark.parametrize("state", [CHECKING, RUNNING, PAUSED], ids=lambda s: STATE_NAMES[s])
def test_softer_is_one_press_away_wherever_a_session_is(state: int) -> None:
    machine = brought_to(state)
    machine.tick(SOFTER)
    assert asked_mmhg(machine) == 45


def test_the_first_cycle_is_soft_and_the_second_is_what_was_asked_for() -> None:
    machine = Machine().started()
    machine.until_state(RUNNING)
    assert machine.target_pa[FOOT] == pa_from_mmhg(50) * SOFT_START_PERMILLE // 1000
    machine.until(lambda m: m.controller.sequencer.cycles_count == 1)
    assert machine.target_pa[FOOT] == pa_from_mmhg(50)


# --- faults ---


@pytest.mark.parametrize("state", range(len(STATE_NAMES) - 1), ids=STATE_NAMES.__getitem__)
def test_a_fault_vents_within_its_own_tick_from_everywhere(state: int) -> None:
    machine = brought_to(state)
    commands = machine.tick(dt_ms=TICK_VENTED_MOST_MS + 1)
    assert machine.state == FAULT
    assert is_all_vent(commands)


def test_a_fault_wins_over_every_button_of_the_same_tick() -> None:
    machine = brought_to(RUNNING)
    assert is_all_vent(machine.tick(ALL_BUTTONS, dt_ms=TICK_MOST_MS + 1))
    assert machine.state == FAULT


@pytest.mark.parametrize("name", [name for name in BUTTONS if name != "clear"])
def test_a_fault_stays_whatever_is_pressed_but_clear(name: str) -> None:
    machine = brought_to(FAULT).run(CLEAR_AFTER_MS / 1000)
    for _ in range(100):
        assert is_all_vent(machine.tick(BUTTONS[name]))
    assert machine.state == FAULT
    assert machine.controller.latch.code == faults.LATE_TICK


def test_time_alone_clears_nothing() -> None:
    machine = brought_to(FAULT)
    assert all(is_all_vent(commands) for commands in machine.ticks(60_000))
    assert machine.state == FAULT


def test_clear_with_pressure_still_there_is_refused() -> None:
    machine = brought_to(RUNNING)
    machine.air.blocked.add(CALF)
    tripped(machine)
    machine.run(2 * CLEAR_AFTER_MS / 1000)
    machine.tick(CLEAR)
    assert machine.state == FAULT
    machine.air.blocked.clear()
    machine.run(3)
    machine.tick(CLEAR)
    assert machine.state == IDLE
    assert machine.controller.latch.code == faults.NONE


def test_clear_with_a_sensor_that_says_nothing_is_refused() -> None:
    """What isn't seen isn't known to be gone."""
    machine = brought_to(FAULT).run(2 * CLEAR_AFTER_MS / 1000)
    machine.controller.readings.missing_bits = 1 << CALF
    machine.run(1)
    machine.tick(CLEAR)
    assert machine.state == FAULT
    machine.controller.readings.missing_bits = 0
    machine.tick(CLEAR)
    assert machine.state == IDLE


def test_a_cleared_machine_waits_for_start() -> None:
    machine = brought_to(FAULT).run(CLEAR_AFTER_MS / 1000)
    machine.tick(CLEAR | START)
    assert machine.state == IDLE
    assert all(is_all_vent(commands) for commands in machine.ticks(500))
    machine.tick(START)
    assert machine.state == CHECKING


@each_layout
def test_clear_waits_for_time_to_show_that_the_pressure_is_gone(layout: str) -> None:
    """Beside an open vent a sensor shows less than the chamber has, and with one sensor nothing at all."""
    machine = brought_to(FAULT, Machine(boots(**LAYOUTS[layout])))
    machine.run(CLEAR_AFTER_MS / 1000 - 1)
    machine.tick(CLEAR)
    assert machine.state == FAULT
    machine.run(2)
    machine.tick(CLEAR)
    assert machine.state == IDLE


@each_layout
def test_a_machine_that_was_cleared_late_stays_cleared(layout: str) -> None:
    """Nobody looks at the chambers meanwhile, and that is no pressure that was never released."""
    machine = brought_to(FAULT, Machine(boots(**LAYOUTS[layout])))
    machine.run(2 * PRESSED_MOST_MS / 1000)
    machine.tick(CLEAR)
    machine.run(2 * PRESSED_MOST_MS / 1000)
    assert machine.state == IDLE


def test_what_ended_the_last_session_does_not_count_against_the_next() -> None:
    """A kinked hose and a pump that ran on, both mended since."""
    machine = brought_to(RUNNING)
    regulator = machine.controller.regulator
    regulator.ledger.collapse_count[CALF] = COLLAPSE_COUNT
    regulator.ledger.collapsed_bits = 1 << CALF
    regulator.ledger.coast_rise_count = RUNAWAY_COUNT
    regulator.ledger.collapse_pa[CALF] = pa_from_mmhg(60)
    machine.tick()
    assert machine.controller.latch.code == faults.KINK
    machine.run(CLEAR_AFTER_MS / 1000)
    machine.tick(CLEAR)
    machine.started().until_state(RUNNING)
    machine.run(10)
    assert machine.state == RUNNING


def test_the_first_cause_is_kept_though_worse_follows() -> None:
    machine = brought_to(FAULT)
    at_ms = machine.controller.latch.at_ms
    machine.air.offset_pa[FOOT] = pa_from_mmhg(400)
    machine.run(10)
    assert (machine.controller.latch.code, machine.controller.latch.at_ms) == (faults.LATE_TICK, at_ms)


def unplug_calf(machine: Machine) -> None:
    machine.air.offset_pa[CALF] = pa_from_mmhg(-100)


def burst_calf(machine: Machine) -> None:
    machine.air.pressure_pa[CALF] = pa_from_mmhg(140)


def squeeze_calf(machine: Machine) -> None:
    """Held, its vent blocked, and pressed from outside."""
    machine.air.blocked.add(CALF)
    machine.air.pressure_pa[CALF] = pa_from_mmhg(80)


def block_calf(machine: Machine) -> None:
    machine.air.blocked.add(CALF)
    machine.tick(STOP)


HARMS: dict[str, tuple[Callable[[Machine], None], int]] = {
    "a reading below its range": (unplug_calf, faults.SENSOR_RANGE),
    "a pressure above the trip limit": (burst_calf, faults.OVER_TRIP),
    "a pressure above the target": (squeeze_calf, faults.OVER_TARGET),
    "a vent that doesn't open": (block_calf, faults.VENT_FAILURE),
}


@pytest.mark.parametrize("name", HARMS)
def test_the_machine_as_a_whole_answers_a_harm_and_names_it(name: str) -> None:
    harm, code = HARMS[name]
    machine = brought_to(RUNNING)
    harm(machine)
    machine.until_state(FAULT)
    assert is_all_vent(machine.controller.commands)
    assert (machine.controller.latch.code, machine.controller.latch.chamber_index) == (code, CALF)


# --- chambers that are rested ---


@each_layout
def test_a_chamber_that_never_fills_is_rested_and_named_and_the_others_go_on(layout: str) -> None:
    machine = Machine(boots(**LAYOUTS[layout]))
    machine.air.torn.add(CALF)
    machine.started().until_state(RUNNING)
    notices = machine.controller.guards.notices
    machine.until(lambda m: m.controller.guards.notices.rested_bits != 0)
    assert (notices.rested_bits, notices.code[CALF]) == (1 << CALF, faults.FILL_TIMEOUT)
    assert notices.value[CALF] > notices.limit[CALF] > 0
    assert notices.at_ms[CALF] == machine.controller.at_ms
    machine.until(lambda m: m.controller.sequencer.cycles_count == 2)
    for _ in machine.ticks(6000):
        assert not machine.controller.sequencer.keep_bits & (1 << CALF)
    assert machine.state == RUNNING
    assert machine.controller.interlock.refused_count == 0
    assert notices.rested_bits == 1 << CALF


def test_with_nobody_left_the_session_ends_for_what_took_the_last_one() -> None:
    machine = Machine()
    machine.air.torn |= {FOOT, CALF, THIGH}
    machine.started().until_state(FAULT, 180)
    notices, latch = machine.controller.guards.notices, machine.controller.latch
    assert notices.rested_bits == 0b111
    assert (latch.code, latch.chamber_index) == (faults.FILL_TIMEOUT, THIGH)
    assert (latch.value, latch.limit) == (notices.value[THIGH], notices.limit[THIGH])


def test_a_leak_that_took_the_last_one_is_called_a_leak() -> None:
    machine = brought_to(RUNNING)
    notices = machine.controller.guards.notices
    notices.rest(faults.FILL_TIMEOUT, FOOT, 46_000, 45_000, 1000)
    notices.rest(faults.FILL_TIMEOUT, THIGH, 46_000, 45_000, 2000)
    machine.tick()
    assert machine.state == RUNNING
    notices.rest(faults.LEAK, CALF, 250, 100, 3000)
    machine.tick()
    latch = machine.controller.latch
    assert (latch.code, latch.chamber_index, latch.value, latch.limit) == (faults.LEAK, CALF, 250, 100)


def test_chambers_that_a_program_leaves_out_are_nobody_left() -> None:
    """Foot and calf only: with both of them rested there is nothing to go on with."""
    machine = Machine(the_program=program(zones=["foot", "calf"]))
    machine.air.torn |= {FOOT, CALF}
    machine.started().until_state(FAULT, 120)
    assert machine.controller.guards.notices.rested_bits == 0b011


def test_a_new_session_gives_a_rested_chamber_another_chance() -> None:
    machine = Machine()
    machine.air.torn.add(CALF)
    machine.started().until(lambda m: m.controller.guards.notices.rested_bits != 0)
    machine.tick(STOP)
    machine.until_state(DONE)
    assert machine.controller.guards.notices.rested_bits == 1 << CALF, "a person must be able to read it"
    machine.air.torn.clear()
    machine.started().until_state(RUNNING)
    assert machine.controller.guards.notices.rested_bits == 0
    machine.until_pressed()


# --- a sign of life ---

LIFE_MINUTES = 2


def asking(minutes: int = 20) -> Machine:
    """A machine under way that wants to hear from its person every two minutes."""
    the_program = program(minutes)
    the_program.presence_check_minutes = LIFE_MINUTES
    return brought_to(RUNNING, Machine(the_program=the_program))


def test_without_a_sign_of_life_the_session_ends_by_itself_and_not_a_tick_early() -> None:
    machine = asking()
    session = machine.controller.session
    machine.until(lambda m: m.controller.session.ended_by != NOT_ENDED, LIFE_MINUTES * 60 + 1)
    assert session.run_ms == LIFE_MINUTES * 60_000
    assert session.ended_by == NO_PRESENCE
    machine.until_state(DONE)
    assert session.ended_by == NO_PRESENCE
    assert machine.controller.latch.code == faults.NONE


def test_it_asks_for_a_minute_before_it_ends() -> None:
    machine = asking()
    session = machine.controller.session
    machine.until(lambda m: m.controller.session.asks_for_presence(), LIFE_MINUTES * 60)
    assert session.run_ms == LIFE_MINUTES * 60_000 - ASK_FOR_PRESENCE_MS
    machine.tick(ALIVE)
    assert not session.asks_for_presence()


@pytest.mark.parametrize("name", ["alive", "louder", "softer", "start", "resume", "clear"])
def test_any_press_is_a_sign_of_life(name: str) -> None:
    machine = asking(minutes=5)
    for _ in range(4):
        machine.run(LIFE_MINUTES * 60 - 55)
        machine.tick(BUTTONS[name])
    assert machine.controller.session.ended_by == NOT_ENDED
    machine.until_state(DONE, 60)
    assert machine.controller.session.ended_by == COMPLETED


def test_a_pause_is_a_sign_of_life_and_silence_in_it_is_not_counted() -> None:
    machine = asking()
    machine.run(LIFE_MINUTES * 60 - 60)
    machine.tick(PAUSE)
    machine.until_state(PAUSED)
    machine.run(LIFE_MINUTES * 60)
    machine.tick(RESUME)
    machine.run(LIFE_MINUTES * 60 - 10)
    assert machine.state == RUNNING
    machine.until_state(VENTING, 20)
    assert machine.controller.session.ended_by == NO_PRESENCE


@pytest.mark.parametrize(
    ("minutes", "own", "need", "asks_after"),
    [
        (20, 0, "", 0),
        (21, 0, "", 15),
        (60, 0, "", 15),
        (60, 10, "", 10),
        (10, 0, "night", 8),
        (20, 0, "night", 15),
        (10, 15, "", 8),
        (5, 15, "night", 3),
        (3, 15, "night", 3),
    ],
)
def test_a_long_session_asks_for_a_sign_of_life_and_at_night_the_shortest_one_does(
    minutes: int, own: int, need: str, asks_after: int
) -> None:
    the_program = program(max(minutes, 5))
    the_program.presence_check_minutes, the_program.need = own, need
    assert presence_minutes(the_program, minutes) == asks_after


def test_a_program_that_does_not_ask_never_ends_for_want_of_it() -> None:
    machine = brought_to(RUNNING)
    assert not any(machine.controller.session.asks_for_presence() for _ in machine.ticks(18_000))
    assert machine.state == RUNNING


def test_the_next_session_begins_to_wait_anew() -> None:
    machine = asking()
    machine.run(LIFE_MINUTES * 60 - 60)
    machine.tick(STOP)
    machine.until_state(DONE)
    machine.started().until_state(RUNNING)
    machine.run(LIFE_MINUTES * 60 - 10)
    assert machine.state == RUNNING


readings_pa = st.integers(-3000, 40_000)


@settings(max_examples=60, deadline=None)
@given(
    shown=st.lists(st.tuples(readings_pa, readings_pa, readings_pa), min_size=1, max_size=60),
    buttons=st.lists(st.integers(0, ALL_BUTTONS & ~CLEAR), min_size=60, max_size=60),
)
def test_no_readings_and_no_buttons_get_a_valve_out_of_a_latched_fault(
    shown: list[tuple[int, int, int]], buttons: list[int]
) -> None:
    machine = brought_to(FAULT)
    controller = machine.controller
    for chamber_pa, pressed in zip(shown, buttons, strict=False):
        controller.readings.chamber_pa[:] = chamber_pa
        controller.readings.buttons = pressed
        assert is_all_vent(controller.step(controller.readings, TICK_MS))
    assert machine.state == FAULT


@pytest.mark.parametrize("valves", ["three_way", "fill_vent"])
def test_the_rotors_last_air_is_no_chamber_that_doesnt_vent(valves: str) -> None:
    """A chamber that was open for long takes it, and one sensor for all shows that."""
    machine = Machine(boots(valves=valves, sensors="manifold"), program(rest_s=30)).started()
    machine.until_state(RUNNING)
    sequencer = machine.controller.sequencer
    machine.until(lambda _: sequencer.cycles_count == 1 and sequencer.keep_bits == 0b011, 200)
    machine.until(lambda m: m.controller.commands.pump_permille > 0)
    machine.tick(STOP)
    # Its own air: the fake air has no rotor.
    for index in range(3):
        machine.air.pressure_pa[index] = pa_from_mmhg(20)
    for _ in range(ROTOR_STOPS_MS // TICK_MS):
        commands = machine.tick()
        for index in range(3):
            if commands.fill_bits >> index & 1:
                machine.air.pressure_pa[index] = pa_from_mmhg(20)
    assert machine.state == VENTING
    machine.until_state(DONE, 10)
