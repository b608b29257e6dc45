"""A session is over only when the legs are free."""

from host_tools.sim.simulate import simulate
from soleus.core.session.session import DONE


def test_a_session_waits_for_a_chamber_whose_valve_follows_late() -> None:
    """The only sensor shows an empty manifold until the three-way valve has moved."""
    session = simulate(
        *("research-80", "esp32-c3-manifold", "tired"),
        pressure=100,
        seed=23352,
        fault=["valve.left.thigh:slow@105.69s"],
        event=["stop@345.69s"],
    )
    assert session.controller.session.state == DONE
    assert session.trace.pressure_mmhg[-1].max() < 15
