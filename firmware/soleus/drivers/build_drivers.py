"""Builds the drivers that a board has. Only the start needs it, so its code doesn't stay in memory."""

from machine import Pin, SoftI2C
from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load, load_to_stay
from soleus.core.basics.boots import Boots
from soleus.drivers.board_parts import BoardParts
from soleus.drivers.outputs.outputs import Outputs
from soleus.drivers.panel.buzzer import Buzzer

# None of the parts holds the clock, and their lines rise within a microsecond. A bus whose clock stays low
# hangs. One that is slow in each bit costs a tick some 10 ms with this.
_BUS_WAIT_US = const(25)


def build(board: dict, boots: Boots, points: list, warn: Callable) -> BoardParts:
    """`points` are a person's calibration of the pressure sensors."""
    i2c = _i2c(board["i2c"]) if "i2c" in board else None
    return BoardParts(
        i2c,
        Outputs(board, boots),
        _sensors(board, boots, points, i2c, warn),
        load_to_stay("drivers.battery").Battery(board["battery"]) if "battery" in board else None,
        load_to_stay("drivers.panel.led").Led(board["led"]) if "led" in board else None,
        Buzzer(board["buzzer"]) if "buzzer" in board else None,
    )


def _sensors(board: dict, boots: Boots, points: list, i2c: "SoftI2C | None", warn: Callable) -> Any:
    sensors = load("drivers.sensing.pressure").pressure_sensors(board["sensors"], points, i2c, warn)
    if boots.has_manifold_sensor_too:
        reads_both = load_to_stay("drivers.sensing.both").reads_both
        sensors.read_chambers = reads_both(sensors.read_into, boots.count)
    return sensors


def _i2c(bus: dict) -> SoftI2C:
    """By the processor, not by the chip's own I2C: that one's driver takes three times as long for the few
    bytes of a sensor, and waits for up to 50 ms on a bus that hangs.

    It asks nobody whether the data line is free: a sensor that a reset has left in the middle of a byte, with
    its data low, gets its nine clocks from whatever is asked next.
    """
    return SoftI2C(
        scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus.get("hz", 400_000), timeout=_BUS_WAIT_US
    )
