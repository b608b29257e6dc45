"""How much memory the ring gets. Only the start needs it."""

from soleus.core.basics.boots import Boots

# The more its sensors waver, the more bits a tick takes: analog ones by 40 to 80 Pa, digital ones by 5.
_ANALOG = ("adc", "ads1115")
_ANALOG_BYTES = 470
_DIGITAL_BYTES = 285
# One on the manifold beside them follows the pump's strokes, but its mean is the same for four ticks. Among
# analog ones that is little.
_MEAN_BYTES = 600
_ANALOG_MEAN_BYTES = 90


def block_bytes(boots: Boots, driver: str) -> int:
    """The size of each of the ring's blocks: the core's state, then ticks.

    All but one are whole at any time, and those reach back 10 s in every program.
    """
    is_analog = driver in _ANALOG
    sensor_bytes = _ANALOG_BYTES if is_analog else _DIGITAL_BYTES
    if not boots.has_manifold_sensor_too:
        return 700 + 64 * boots.count + boots.sensors_count * sensor_bytes
    mean_bytes = _ANALOG_MEAN_BYTES if is_analog else _MEAN_BYTES
    return 700 + 64 * boots.count + boots.count * sensor_bytes + mean_bytes
