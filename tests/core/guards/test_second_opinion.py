"""The sensor on the manifold against those of the chambers."""

from soleus.core.basics import faults, limits
from soleus.core.basics.faults import MANIFOLD_INDEX, NONE, FaultLatch, Notices
from soleus.core.basics.limits import LOOK_EVERY_MS, TICK_MS
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.machine import SupplyLow
from soleus.core.guards.second_opinion import FLOW_SEEN_MS, REST_MS, SHUT_MS, SecondOpinion
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import HOLD
from soleus.core.sensing.chamber_gauges import ChamberGauges
from tests.core.fake_air import boots

BOOTS = boots(sensors="per_chamber_and_manifold")
FOOT, CALF, THIGH = range(3)
WRONG, RIGHT = 60, 75


class Rig:
    def __init__(self) -> None:
        self.latch, self.notices = FaultLatch(), Notices(BOOTS.count)
        self.gauges, self.commands = ChamberGauges(BOOTS), Commands()
        self.gauges.emptying.kept_bits = BOOTS.all_bits
        self.supply_low = SupplyLow(BOOTS, self.latch)
        ledger = Ledger(BOOTS, [HOLD] * BOOTS.count)
        self.guard = SecondOpinion(
            self.latch, self.notices, self.gauges, ledger, self.commands, self.supply_low
        )

    def show(self, manifold_mmhg: int, *chambers_mmhg: int) -> None:
        self.gauges.manifold_pa = pa_from_mmhg(manifold_mmhg)
        self.gauges.smooth_pa[: len(chambers_mmhg)] = [pa_from_mmhg(mmhg) for mmhg in chambers_mmhg]

    def run(self, ms: int, fill_bits: int, pump: int = 0) -> None:
        self.commands.fill_bits, self.commands.pump_permille = fill_bits, pump
        for _ in range(max(ms // TICK_MS, 1)):
            self.guard.step(0, TICK_MS)

    def look(self, chamber: int, manifold_mmhg: int, chamber_mmhg: int) -> None:
        """The pump has filled this chamber, and its air comes to rest."""
        self.run(0, 0)
        self.show(manifold_mmhg + 10, *[chamber_mmhg] * BOOTS.count)
        self.run(LOOK_EVERY_MS, 1 << chamber, 1)
        self.show(manifold_mmhg, *[chamber_mmhg] * BOOTS.count)
        self.run(REST_MS + LOOK_EVERY_MS, 1 << chamber)

    def named(self) -> int | None:
        return None if self.latch.code == NONE else self.latch.chamber_index


def rig_that_fills(chamber: int) -> Rig:
    """An empty chamber takes the pump's whole flow: 60 mmHg stand over its valve."""
    rig = Rig()
    rig.show(60, *[0] * BOOTS.count)
    rig.run(2 * FLOW_SEEN_MS, 1 << chamber, 1000)
    assert rig.guard.is_flow_known
    return rig


def test_sensors_that_differ_as_good_ones_may_are_believed_for_ever() -> None:
    rig = Rig()
    apart = (limits.APART_PA + pa_from_mmhg(60) * limits.APART_PERMILLE // 1000) // pa_from_mmhg(1) - 1
    for _ in range(50):
        rig.look(CALF, 60 + apart, 60)
        rig.look(CALF, 60 - apart, 60)
    assert rig.named() is None


def test_a_chamber_that_shows_too_little_twice_in_a_row_is_named() -> None:
    rig = Rig()
    rig.look(CALF, RIGHT, WRONG)
    rig.look(FOOT, RIGHT, RIGHT)
    assert rig.named() is None
    rig.look(CALF, RIGHT, WRONG)
    assert (rig.latch.code, rig.named()) == (faults.SENSOR_CONTRADICTED, CALF)


def test_a_leg_that_moves_at_one_look_harms_nobody() -> None:
    rig = Rig()
    for _ in range(20):
        rig.look(CALF, RIGHT, WRONG)
        rig.look(CALF, RIGHT, RIGHT)
    assert rig.named() is None


def test_when_two_chambers_differ_the_manifold_is_named() -> None:
    rig = Rig()
    rig.look(CALF, RIGHT, RIGHT)
    rig.look(CALF, WRONG, RIGHT)
    rig.look(CALF, WRONG, RIGHT)
    assert rig.named() is None
    rig.look(FOOT, WRONG, RIGHT)
    assert (rig.latch.code, rig.named()) == (faults.SENSOR_CONTRADICTED, MANIFOLD_INDEX)


def test_a_chamber_that_may_be_squeezed_is_let_go_at_the_first_look() -> None:
    rig = Rig()
    rig.look(CALF, 60, 30)
    assert rig.named() == CALF


def test_air_that_still_flows_says_nothing() -> None:
    rig = Rig()
    rig.show(90, 60, 60, 60)
    rig.run(LOOK_EVERY_MS, 1 << CALF, 1)
    for over_mmhg in (30, 15, 7, 4):
        rig.show(60 + over_mmhg, 60, 60, 60)
        rig.run(LOOK_EVERY_MS, 1 << CALF)
    assert rig.named() is None


def test_a_sensor_that_stays_behind_the_manifold_in_a_fill_is_named_within_300_ms() -> None:
    rig = rig_that_fills(CALF)
    rig.show(60 + 40, 0, 0, 0)
    rig.run(300, 1 << CALF, 1000)
    assert (rig.latch.code, rig.named()) == (faults.SENSOR_CONTRADICTED, CALF)


def test_a_fill_whose_sensor_follows_is_left_alone() -> None:
    rig = rig_that_fills(CALF)
    for mmhg in range(100):
        rig.show(60 + mmhg, 0, mmhg, 0)
        rig.run(LOOK_EVERY_MS, 1 << CALF, 1000)
    assert rig.named() is None


def test_the_flow_of_chambers_side_by_side_is_that_of_one_alone() -> None:
    """Two halves of the flow take a quarter of the drop each; the one whose sensor stays behind is named."""
    rig = rig_that_fills(CALF)
    rig.show(45, 30, 30, 0)
    rig.run(2000, 0b011, 1000)
    assert rig.named() is None
    rig.show(60, 45, 0, 0)
    rig.run(600, 0b011, 1000)
    assert rig.named() == CALF


def test_a_small_flow_through_many_valves_may_be_noise() -> None:
    rig = Rig()
    rig.show(2, *[0] * BOOTS.count)
    rig.run(2 * FLOW_SEEN_MS, 1 << CALF, 1000)
    rig.show(40, 40, 40, 40)
    # A third of the flow each takes 30 Pa.
    rig.gauges.manifold_pa += 60
    rig.run(2000, 0b111, 1000)
    assert rig.named() is None


def test_a_fill_valve_that_stays_shut_rests_its_chamber() -> None:
    """From the first moment on the manifold stands higher than any chamber could bring it."""
    rig = rig_that_fills(CALF)
    rig.show(150, 0, 0, 0)
    rig.run(SHUT_MS, 1 << FOOT, 1000)
    assert (rig.notices.rested_bits, rig.notices.code[FOOT]) == (1 << FOOT, faults.FILL_TIMEOUT)
    assert rig.named() is None


def test_a_dead_sensor_in_the_first_fill_of_its_chamber_is_no_shut_valve() -> None:
    rig = rig_that_fills(CALF)
    for mmhg in range(0, 60, 6):
        rig.show(60 + mmhg, 0, 0, 0)
        rig.run(LOOK_EVERY_MS, 1 << FOOT, 1000)
    assert (rig.notices.rested_bits, rig.named()) == (0, FOOT)


def test_a_throttled_pump_whose_whole_flow_was_never_seen_has_a_limit_too() -> None:
    rig = Rig()
    rig.show(100, *[0] * BOOTS.count)
    rig.run(3000, 1 << CALF, 600)
    assert rig.named() is None
    rig.show(120, *[0] * BOOTS.count)
    rig.run(300, 1 << CALF, 600)
    assert rig.named() == CALF


def test_a_new_fill_from_empty_is_one_after_the_session_has_paused() -> None:
    rig = rig_that_fills(CALF)
    rig.guard.joined_bits = rig.guard.begun_bits = 0
    rig.show(150, 0, 0, 0)
    rig.run(SHUT_MS, 1 << CALF, 1000)
    assert rig.notices.rested_bits == 1 << CALF


def test_a_manifold_that_doesn_t_fall_when_the_pump_stops_is_named_itself() -> None:
    rig = Rig()
    rig.show(60, 30, 30, 30)
    rig.run(LOOK_EVERY_MS, 1 << CALF, 1)
    rig.run(REST_MS + LOOK_EVERY_MS, 1 << CALF)
    assert rig.named() == MANIFOLD_INDEX


def test_a_pump_that_goes_on_is_left_to_its_own_guard() -> None:
    rig = Rig()
    rig.run(LOOK_EVERY_MS, 1 << CALF, 1)
    for mmhg in range(30, 90, 3):
        rig.show(60 + mmhg, mmhg, mmhg, mmhg)
        rig.run(LOOK_EVERY_MS, 1 << CALF)
    assert rig.named() is None


def test_a_pump_without_power_is_left_to_its_own_guard() -> None:
    rig = rig_that_fills(CALF)
    rig.supply_low.low_ms = TICK_MS
    rig.show(150, 0, 0, 0)
    rig.run(3000, 1 << CALF, 1000)
    assert rig.named() is None


def test_a_chamber_that_was_let_go_is_new_again() -> None:
    rig = rig_that_fills(FOOT)
    rig.run(LOOK_EVERY_MS, 0)
    rig.gauges.emptying.kept_bits = 0
    rig.run(LOOK_EVERY_MS, 0)
    rig.gauges.emptying.kept_bits = BOOTS.all_bits
    rig.show(150, 0, 0, 0)
    rig.run(SHUT_MS, 1 << FOOT, 1000)
    assert rig.notices.rested_bits == 1 << FOOT
