"""A dose ends at the target even if a moving leg made the core learn a wrong speed."""

from host_tools.sim.simulate import simulate


def test_a_dose_beside_a_fill_never_presses_a_chamber_far_above_its_target() -> None:
    # A restless leg on worn boots: the foot's speed was learned as almost nothing.
    session = simulate(
        "plain-gradient", "esp32-s3-duo", "tired", pressure=80, seed=501, event=["louder@85.28s"]
    )
    assert not session.trace.fault_code.any()
    assert (session.trace.pressure_mmhg - session.trace.target_mmhg)[session.trace.target_pa > 0].max() < 25
