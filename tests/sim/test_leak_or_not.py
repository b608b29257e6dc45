"""Air that more pressure needs is no leak; air that is lost is, whatever the program does besides."""

from host_tools.simulate import Session, simulate


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


def test_a_leak_is_seen_through_pulses() -> None:
    session = simulate(
        *("plain-pulse", "esp32-s3-duo", "nominal"), pressure=60, seed=1, fault=["hose.left.calf:leak@60s"]
    )
    assert _rested(session) == ["left.calf"]
