"""What is known of the chambers after a fault, with everything open. Loaded when there has been one."""

from soleus.core.basics import faults
from soleus.core.basics.limits import VENT_MOST_MS
from soleus.core.controller import Controller

# Sensors of these are not believed any more, and a kink hides its chamber from its sensor.
_UNSEEN = (
    faults.SENSOR_RANGE,
    faults.SENSOR_SILENT,
    faults.SENSOR_ZERO,
    faults.SENSOR_STUCK,
    faults.SENSOR_ERRATIC,
    faults.SENSOR_DISAGREES,
    faults.SENSOR_CONTRADICTED,
    faults.KINK,
)


def told(controller: Controller) -> tuple:
    """The names of the chambers that still show pressure, and of those that no sensor shows."""
    pressed = 0 if is_venting(controller) else pressed_bits(controller)
    return names_of(controller, pressed), names_of(controller, unseen_bits(controller) & ~pressed)


def is_venting(controller: Controller) -> bool:
    """The air is on its way out, as it should be. A clock that stands still would never say otherwise."""
    return controller.session.state_ms < VENT_MOST_MS and controller.latch.code != faults.CLOCK_STOPPED


def unseen_bits(controller: Controller) -> int:
    """The chambers of which no sensor tells, with everything open, whether they are empty."""
    boots = controller.boots
    latch = controller.latch
    if boots.has_manifold_sensor_only:
        return boots.all_bits
    unseen_bits = boots.all_bits & ~controller.gauges.overview.seen_bits
    if latch.code in _UNSEEN and latch.chamber_index < boots.count:
        unseen_bits |= 1 << latch.chamber_index
    return unseen_bits


def pressed_bits(controller: Controller) -> int:
    """The chambers that still show pressure. One that couldn't be emptied counts where no sensor shows it."""
    latch = controller.latch
    unseen = unseen_bits(controller)
    pressed = controller.gauges.overview.shown_bits & ~unseen
    if latch.code == faults.VENT_FAILURE:
        pressed |= unseen & (1 << latch.chamber_index)
    return pressed


def names_of(controller: Controller, bits: int) -> list:
    return [name for index, name in enumerate(controller.boots.names) if bits >> index & 1]
