"""Service: a bench may ask for one actuation at a time, and everything that protects a leg stays on."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import fault_table, faults
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import OVER_TARGET_PA, SERVICE_SILENT_MOST_MS
from soleus.core.basics.signals import BUTTON_SERVICE
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import ROTOR_STOPS_MS, Controller
from soleus.core.service.service import service_for
from soleus.core.service.service_requests import act_from
from soleus.core.session.session import CHECKING, DONE, FAULT, IDLE, PAUSED, RUNNING, SERVICE, VENTING
from tests.core.fake_air import CLEAR, PAUSE, START, STOP, Machine, boots, is_all_vent

FOOT, CALF, ALL = 1, 2, 7
FILL_FOOT = {
    "fill": FOOT, "seal": FOOT, "then_fill": 0, "pump": 1000, "stop_pa": pa_from_mmhg(50), "coast_ms": 300,
    "for_ms": 20_000,
}  # fmt: skip


class Bench:
    """A machine in service, and a bench that renews what it asked for until it is told to fall silent."""

    def __init__(self, **keys: Any) -> None:
        self.machine = Machine(boots(**keys))
        self.machine.tick(BUTTON_SERVICE)
        self.machine.until_state(SERVICE)
        self.controller = self.machine.controller

    def ask(self, **table: Any) -> "Bench":
        self.controller.service.ask(act_from(table, self.controller.boots))
        return self

    def run(self, seconds: float, before_tick: Callable[[], None] | None = None) -> "Bench":
        for _ in range(round(seconds * 100)):
            if before_tick:
                before_tick()
            self.controller.service.renew()
            self.machine.tick()
        return self

    @property
    def foot_mmhg(self) -> float:
        return self.machine.air.pressure_pa[0] / 133.322

    @property
    def fault(self) -> int:
        return self.controller.latch.code


def test_service_begins_with_the_check_of_every_session() -> None:
    machine = Machine()
    machine.tick(BUTTON_SERVICE)
    assert machine.state == CHECKING
    machine.until_state(SERVICE)
    assert machine.controller.gauges.is_zeroed
    assert not machine.controller.commands.fill_bits | machine.controller.commands.seal_bits


def test_a_core_without_a_bench_refuses_service_until_it_has_one() -> None:
    machine = Machine()
    controller = machine.controller = Controller(boots(), has_bench=False)
    machine.tick(BUTTON_SERVICE)
    assert machine.state == IDLE
    controller.service = service_for(controller.boots)
    machine.tick(BUTTON_SERVICE)
    machine.until_state(SERVICE)
    controller.service.ask(act_from(FILL_FOOT, controller.boots))
    machine.tick()
    assert controller.commands.fill_bits == FOOT


def test_a_machine_with_a_sensor_off_zero_gets_no_service() -> None:
    machine = Machine()
    machine.air.offset_pa[1] = pa_from_mmhg(12)
    machine.tick(BUTTON_SERVICE)
    machine.until_state(FAULT)
    assert machine.controller.latch.code == faults.SENSOR_ZERO


def test_only_a_machine_at_rest_gets_service() -> None:
    machine = Machine().started()
    machine.until_pressed()
    machine.tick(BUTTON_SERVICE)
    assert machine.state == RUNNING
    machine.tick(PAUSE)
    machine.until_state(PAUSED)
    machine.tick(BUTTON_SERVICE)
    assert machine.state == PAUSED
    machine.controller.readings.missing_bits = 1
    for _ in range(10):
        machine.tick(BUTTON_SERVICE)
    assert machine.state == FAULT


def test_a_fill_stops_at_its_pressure_and_is_held_sealed() -> None:
    bench = Bench().ask(**FILL_FOOT).run(4.0)
    assert bench.foot_mmhg == pytest.approx(50, abs=1)
    commands = bench.controller.commands
    assert (commands.fill_bits, commands.seal_bits, commands.pump_permille) == (0, FOOT, 0)
    assert bench.fault == faults.NONE


def test_the_pump_is_off_before_its_valve_closes() -> None:
    bench = Bench().ask(**FILL_FOOT)
    ticks: list[tuple[int, int]] = []
    bench.run(
        4.0,
        lambda: ticks.append((bench.controller.commands.fill_bits, bench.controller.commands.pump_permille)),
    )
    coasting = ticks.count((FOOT, 0))
    assert coasting == 30
    assert (0, 1000) not in ticks


def test_an_act_that_is_over_vents_and_the_bench_may_ask_for_another() -> None:
    bench = Bench().ask(**FILL_FOOT | {"for_ms": 500}).run(0.6)
    assert bench.machine.state == SERVICE
    assert (bench.controller.commands.fill_bits, bench.controller.commands.seal_bits) == (0, 0)
    assert bench.ask(**FILL_FOOT).run(1.0).controller.commands.fill_bits == FOOT


def test_a_bench_that_falls_silent_lets_go_within_a_second() -> None:
    bench = Bench().ask(**FILL_FOOT).run(0.5)
    machine = bench.machine
    took_s = machine.until(lambda m: is_vented(m), 2.0)
    assert took_s <= SERVICE_SILENT_MOST_MS / 1000 + 0.02
    assert machine.state == VENTING
    machine.until_state(DONE)


def test_a_bench_that_comes_back_gets_service_again() -> None:
    bench = Bench()
    bench.machine.until_state(DONE)
    bench.machine.tick(BUTTON_SERVICE)
    bench.machine.until_state(SERVICE)
    bench.ask(**FILL_FOOT).run(1.0)
    assert bench.machine.state == SERVICE
    assert bench.controller.commands.fill_bits == FOOT


def is_vented(machine: Machine) -> bool:
    commands = machine.controller.commands
    return commands.fill_bits == 0 and commands.seal_bits == 0 and commands.pump_permille == 0


def test_stop_vents_at_once() -> None:
    bench = Bench().ask(**FILL_FOOT).run(1.0)
    bench.controller.service.renew()
    bench.machine.tick(STOP)
    commands = bench.controller.commands
    assert (commands.seal_bits, commands.pump_permille) == (0, 0)
    bench.run(ROTOR_STOPS_MS / 1000)
    assert is_vented(bench.machine)
    assert bench.machine.state == VENTING


def test_start_means_nothing_in_service_and_a_session_follows_it() -> None:
    bench = Bench().ask(**FILL_FOOT).run(1.0)
    bench.machine.tick(START)
    assert bench.machine.state == SERVICE
    bench.machine.until_state(DONE)
    bench.machine.tick(START)
    bench.machine.until_state(RUNNING)
    bench.machine.until_pressed()
    assert bench.fault == faults.NONE


def test_what_was_asked_before_service_began_is_not_done() -> None:
    machine = Machine()
    machine.controller.service.ask(act_from(FILL_FOOT, machine.controller.boots))
    machine.tick(BUTTON_SERVICE)
    machine.until_state(SERVICE)
    machine.run(0.5)
    assert is_vented(machine)


def block_vent(bench: Bench) -> None:
    """With the noise that every sensor has."""
    air = bench.machine.air
    air.blocked = {0}
    air.offset_pa[0] = 1 - air.offset_pa[0]


def no_harm(_: Bench) -> None:
    """The act itself is enough."""


def hold_on(bench: Bench) -> None:
    bench.ask(seal=FOOT, for_ms=150_000)


FAULTS: dict[str, tuple[dict[str, Any], float, Callable[[Bench], None], int]] = {
    "a limit set below the pressure": (
        FILL_FOOT | {"limit_pa": pa_from_mmhg(25)}, 4.0, no_harm, faults.OVER_TARGET,
    ),
    "pressure for three minutes": (
        FILL_FOOT | {"for_ms": 150_000}, 200.0, hold_on, faults.PROLONGED,
    ),
    "a chamber that does not vent": (
        FILL_FOOT | {"for_ms": 4000}, 12.0, block_vent, faults.VENT_FAILURE,
    ),
    "far above everything": (
        {"seal": FOOT, "for_ms": 9000}, 2.0,
        lambda bench: bench.machine.air.pressure_pa.__setitem__(0, pa_from_mmhg(140)), faults.OVER_TRIP,
    ),
    "a reading out of range": (
        {"seal": FOOT, "for_ms": 9000}, 2.0,
        lambda bench: bench.machine.air.offset_pa.__setitem__(1, pa_from_mmhg(-40)), faults.SENSOR_RANGE,
    ),
    "an open chamber that rises": (
        FILL_FOOT, 6.0,
        lambda bench: bench.machine.air.pressure_pa.__setitem__(
            1, pa_from_mmhg(20) if bench.controller.gauges.emptying.vented_ms[1] > 2500 else 0
        ), faults.RISES_UNASKED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "seconds", "harm", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_guards_stay_on(
    table: dict[str, Any], seconds: float, harm: Callable[[Bench], None], code: int
) -> None:
    bench = Bench()
    bench.controller.gauges.emptying.empty_bits = ALL
    bench.ask(**table).run(2.5 if table is not FILL_FOOT else 0.1).run(seconds, lambda: harm(bench))
    assert fault_table.TABLE[bench.fault] == fault_table.TABLE[code]
    assert bench.machine.state == FAULT
    assert is_all_vent(bench.controller.commands)


def test_a_lowered_limit_is_a_real_trip() -> None:
    bench = Bench().ask(**FILL_FOOT | {"limit_pa": pa_from_mmhg(25)}).run(4.0)
    assert bench.controller.latch.limit == pa_from_mmhg(25) + OVER_TARGET_PA


def test_a_late_tick_ends_service() -> None:
    bench = Bench().ask(**FILL_FOOT).run(0.5)
    bench.machine.tick(dt_ms=200)
    assert bench.fault == faults.LATE_TICK
    assert is_all_vent(bench.controller.commands)


def test_a_fault_in_service_waits_for_a_person() -> None:
    bench = Bench().ask(**FILL_FOOT).run(0.5)
    bench.machine.tick(dt_ms=200)
    bench.machine.tick(BUTTON_SERVICE)
    assert bench.machine.state == FAULT
    bench.machine.run(11.0)
    bench.machine.tick(CLEAR)
    assert bench.machine.state == IDLE


REFUSED = {
    "a chamber that isn't there": {"fill": 8, "seal": 8, "for_ms": 100},
    "an open vent beside an open fill valve": {"fill": FOOT, "seal": 0, "for_ms": 100},
    "the same in the second part": {"then_fill": FOOT, "then_seal": 0, "for_ms": 100},
    "a pump against closed valves": {"pump": 500, "seal": FOOT, "stop_pa": 2000, "for_ms": 100},
    "a pump without an end": {"pump": 500, "fill": FOOT, "seal": FOOT, "for_ms": 100},
    "a pump for too long": FILL_FOOT | {"for_ms": 100_000, "run_ms": 60_000},
    "more than the boots may have": FILL_FOOT | {"stop_pa": pa_from_mmhg(111)},
    "a limit above that": FILL_FOOT | {"limit_pa": pa_from_mmhg(121)},
    "no time": {"seal": FOOT},
    "too long": {"seal": FOOT, "for_ms": 200_000},
    "text": {"seal": "foot", "for_ms": 100},
    "more than all of the pump": FILL_FOOT | {"pump": 1001},
    "an unknown key": {"seal": FOOT, "for_ms": 100, "louder": 1},
}


@pytest.mark.parametrize("table", REFUSED.values(), ids=REFUSED.keys())
def test_an_act_that_makes_no_sense_is_refused_and_changes_nothing(table: dict[str, Any]) -> None:
    bench = Bench().ask(seal=CALF, for_ms=5000).run(0.1)
    with pytest.raises(SettingError):
        bench.ask(**table)
    assert bench.run(0.1).controller.commands.seal_bits == CALF


ACTS = st.fixed_dictionaries(
    {"for_ms": st.integers(10, 3000)},
    optional={
        **{key: st.integers(0, ALL) for key in ("fill", "seal", "then_fill", "then_seal")},
        **{key: st.integers(0, 2000) for key in ("run_ms", "coast_ms")},
        "pump": st.sampled_from([0, 500, 1000]),
        "stop_pa": st.integers(0, pa_from_mmhg(110)),
        "limit_pa": st.integers(pa_from_mmhg(10), pa_from_mmhg(110)),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["fill_vent", "three_way"]), st.lists(ACTS, min_size=1, max_size=4))
def test_no_act_that_is_taken_ever_needs_the_interlock(valves: str, acts: list[dict[str, Any]]) -> None:
    bench = Bench(valves=valves)
    for act in acts:
        try:
            bench.ask(**act)
        except SettingError:
            continue
        bench.run(0.5)
    assert bench.controller.interlock.refused_count == 0


def test_after_a_stop_in_the_middle_of_an_act_the_regulator_has_nothing_on_its_books() -> None:
    bench = Bench().ask(**FILL_FOOT).run(0.5)
    bench.machine.tick(STOP)
    bench.machine.until_state(DONE)
    regulator = bench.controller.regulator
    assert regulator.phases.filling_count == 0
    assert regulator.phases.bits == [ALL, *[0] * (len(regulator.phases.bits) - 1)]
