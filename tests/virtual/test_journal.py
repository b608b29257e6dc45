"""What a virtual board notes for a person stays small, however long it runs."""

from types import SimpleNamespace
from typing import Any

import pytest

from host_tools.virtual.journal import PERSONS_MOMENTS, Journal
from host_tools.virtual.processor.frames import FlashWork


def hardware(at_ms: int, fill_bits: int = 0) -> Any:
    """As much of it as the journal looks at."""
    commands = SimpleNamespace(fill_bits=fill_bits, seal_bits=0, pump_permille=0, gate_on=0)
    return SimpleNamespace(
        now_ms=at_ms,
        commands=commands,
        frame=[at_ms],
        highest_mmhg=lambda: 0.0,
        wiring=SimpleNamespace(is_all_vent=lambda: True),
    )


def note_all(journal: Journal, at_ms: int) -> None:
    journal.note_beat(hardware(at_ms, fill_bits=1))
    journal.note_tick(900)
    journal.note("reset button", hardware(at_ms))
    journal.note_flash(FlashWork.READ, hardware(at_ms))
    journal.note_import("soleus.app", hardware(at_ms))


@pytest.mark.parametrize("most", [10, PERSONS_MOMENTS])
def test_the_latest_of_each_kind_are_kept_and_never_twice_as_many(most: int) -> None:
    journal = Journal(most)
    for k in range(5 * most):
        note_all(journal, 10 * k)
        kept = [journal.history, journal.tick_us, journal.happenings, journal.flash_work, journal.imports]
        assert max(map(len, kept)) < 2 * most
    assert min(map(len, kept)) >= most
    assert journal.history[-1].at_ms == journal.happenings[-1].at_ms == 10 * (5 * most - 1)
    # Ticks are counted from the first on, also those that aren't kept.
    assert journal.ticks_count == 5 * most
    assert journal.history[-1].ticks_count == 5 * most - 1
    assert journal.energised_ms() == 10 * (5 * most - 1)


def test_a_test_keeps_all_of_it() -> None:
    journal = Journal()
    for k in range(3000):
        note_all(journal, k)
    assert len(journal.history) == len(journal.tick_us) == 3000
