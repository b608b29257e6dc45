"""The latch keeps the first cause; notices keep one for each chamber that is rested."""

import re

from soleus.core.basics import fault_table, faults
from soleus.core.basics.faults import FaultLatch, Notices


def kept(latch: FaultLatch) -> tuple[int, int, int, int, int]:
    return latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms


def test_a_new_latch_holds_nothing() -> None:
    assert kept(FaultLatch()) == (faults.NONE, faults.MACHINE_INDEX, 0, 0, 0)


def test_the_first_cause_is_kept_and_later_ones_are_not_heard() -> None:
    latch = FaultLatch()
    latch.trip(faults.OVER_TARGET, 2, 9000, 8000, 1230)
    for code in range(1, len(fault_table.TABLE)):
        latch.trip(code, 1, 1, 1, 1240)
    assert kept(latch) == (faults.OVER_TARGET, 2, 9000, 8000, 1230)


def test_a_cleared_latch_is_as_new_and_takes_the_next_cause() -> None:
    latch = FaultLatch()
    latch.trip(faults.OVER_TRIP, 2, 19_000, 18_000, 1230)
    latch.clear()
    assert kept(latch) == kept(FaultLatch())
    latch.trip(faults.LATE_TICK, faults.MACHINE_INDEX, 61, 60, 5000)
    assert kept(latch) == (faults.LATE_TICK, faults.MACHINE_INDEX, 61, 60, 5000)


def test_every_fault_has_a_code_a_name_a_requirement_and_a_unit_of_its_own() -> None:
    rows = fault_table.TABLE[1:]
    for column in range(3):
        assert len({row[column] for row in rows}) == len(rows)
    for code, name, requirement, unit in rows:
        assert re.fullmatch(r"E\d\d", code)
        assert name == name.strip().lower()
        assert re.fullmatch(r"REQ-[A-Z]+-\d", requirement)
        assert unit in ("mmHg", "ms", "ticks", "mV", "chambers", "permille of the pump")


def test_a_code_is_known_without_the_table() -> None:
    assert [faults.code_of(row) for row in range(len(fault_table.TABLE))] == [
        row[0] for row in fault_table.TABLE
    ]


def test_the_places_that_are_no_chamber_are_beyond_the_last_of_two_legs_of_eight() -> None:
    assert min(faults.MANIFOLD_INDEX, faults.MACHINE_INDEX) >= 2 * 8
    assert faults.MANIFOLD_INDEX != faults.MACHINE_INDEX


# --- notices ---


def test_new_notices_hold_nothing() -> None:
    notices = Notices(3)
    assert notices.rested_bits == 0
    assert notices.code == [faults.NONE] * 3


def test_a_rested_chamber_keeps_its_first_reason() -> None:
    notices = Notices(3)
    notices.rest(faults.LEAK, 1, 120, 100, 1000)
    notices.rest(faults.FILL_TIMEOUT, 1, 45_010, 45_000, 2000)
    assert notices.rested_bits == 0b010
    found = (notices.code[1], notices.value[1], notices.limit[1], notices.at_ms[1])
    assert found == (faults.LEAK, 120, 100, 1000)


def test_each_chamber_has_a_reason_of_its_own_and_the_last_one_is_known() -> None:
    notices = Notices(3)
    notices.rest(faults.LEAK, 2, 120, 100, 1000)
    notices.rest(faults.FILL_TIMEOUT, 0, 45_010, 45_000, 2000)
    notices.rest(faults.LEAK, 2, 130, 100, 3000)
    assert notices.rested_bits == 0b101
    assert notices.code == [faults.FILL_TIMEOUT, faults.NONE, faults.LEAK]
    assert notices.last_index == 0


def test_cleared_notices_rest_nobody_and_take_the_next_reason() -> None:
    notices = Notices(3)
    notices.rest(faults.LEAK, 1, 120, 100, 1000)
    notices.clear()
    assert (notices.rested_bits, notices.code) == (0, [faults.NONE] * 3)
    notices.rest(faults.FILL_TIMEOUT, 1, 45_010, 45_000, 5000)
    assert (notices.rested_bits, notices.code[1], notices.at_ms[1]) == (0b010, faults.FILL_TIMEOUT, 5000)
