"""How much memory the ring gets. Only the start needs it."""

from soleus.core.basics.boots import Boots

# The more its sensors waver, the more bits a tick takes: analog ones by 40 to 80 Pa, digital ones by 5.
_ANALOG = ("adc", "ads1115")


def block_bytes(boots: Boots, driver: str) -> int:
    """The size of each of the ring's blocks: the core's state, then ticks.

    All but one are whole at any time, and those reach back 10 s in every program.
    """
    sensors = 1 if boots.has_manifold_sensor_only else boots.count
    return 700 + 64 * boots.count + sensors * (470 if driver in _ANALOG else 285)
