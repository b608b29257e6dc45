"""The drivers of this board's parts: built at the start by `build_drivers.py`, they stay."""

from machine import SoftI2C

from soleus.basics.annotations import Any
from soleus.drivers.outputs.outputs import Outputs


class BoardParts:
    """`None` for a part that the board hasn't."""

    def __init__(
        self, i2c: "SoftI2C | None", outputs: Outputs, sensors: Any, battery: Any, led: Any, buzzer: Any
    ) -> None:
        self.i2c = i2c
        self.outputs = outputs
        self.sensors = sensors
        self.battery = battery
        self.led = led
        self.buzzer = buzzer
