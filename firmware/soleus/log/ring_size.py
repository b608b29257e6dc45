"""How much memory the ring gets: loaded when it is made."""

from soleus.core.basics.boots import Boots

# A tick is as many bits as its sensors waver: those of an analog one by 40 to 80 Pa, of a digital one by 5.
_ANALOG = ("adc", "ads1115")


def block_bytes(boots: Boots, driver: str) -> int:
    """Of each of the ring's blocks: the core's state, and ticks.

    All but one of them are whole at least, and these reach back 10 s in every program.
    """
    sensors = 1 if boots.has_manifold_sensor_only else boots.count
    return 700 + 60 * boots.count + sensors * (600 if driver in _ANALOG else 285)
