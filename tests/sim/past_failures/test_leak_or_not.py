"""Only lost air is a leak: neither air for more pressure, nor air that a moving leg presses out."""

import pytest

from host_tools.sim.simulate import Session, simulate


def _rested(session: Session) -> list[str]:
    notices = session.controller.guards.notices
    names = session.controller.boots.names
    return [name for index, name in enumerate(names) if notices.rested_bits & (1 << index)]


def test_pulses_between_two_pressures_are_not_taken_for_a_leak() -> None:
    session = simulate(
        *("plain-pulse", "esp32-s3-duo", "large-leg"),
        pressure=60,
        seed=576,
        fault=["leg.left:move@57.18s+3.08s"],
        event=["pause@234.50s", "resume@244.50s"],
    )
    assert _rested(session) == []


def test_a_leak_is_found_although_the_program_pulses() -> None:
    session = simulate(
        *("plain-pulse", "esp32-s3-duo", "nominal"), pressure=60, seed=1, fault=["hose.left.calf:leak@60s"]
    )
    assert _rested(session) == ["left.calf"]


@pytest.mark.parametrize(
    ("program", "pressure", "seed", "moves_at_s"),
    [("intervals", 90, 66370, 107.69), ("race", 80, 59733, 113.05)],
)
def test_a_leg_that_contracts_every_second_is_not_taken_for_a_leak(
    program: str, pressure: int, seed: int, moves_at_s: float
) -> None:
    """Each contraction presses air out through the vent, and the pump brings it back."""
    session = simulate(
        *(program, "esp32-s3-duo", "nominal"),
        pressure=pressure,
        seed=seed,
        fault=[f"leg.left:move@{moves_at_s}s"],
        event=[f"stop@{moves_at_s + 240:.2f}s"],
    )
    assert _rested(session) == []
