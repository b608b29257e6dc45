"""Builds the drivers that a board has. Needed once, at the start: its code doesn't stay in memory."""

from machine import I2C, Pin

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load
from soleus.core.basics.boots import Boots
from soleus.drivers.outputs.outputs import Outputs


class Parts:
    """The drivers; `None` for those that the board hasn't."""

    def __init__(self, board: dict, boots: Boots, points: list) -> None:
        """`points` are a person's calibration of the pressure sensors."""
        self.i2c = _i2c(board["i2c"]) if "i2c" in board else None
        self.outputs = Outputs(board, boots)
        self.sensors = load("drivers.sensing.pressure").pressure_sensors(board["sensors"], points, self.i2c)
        self.battery = load("drivers.battery").Battery(board["battery"]) if "battery" in board else None
        self.buttons = load("drivers.panel.buttons").Buttons(board["buttons"]) if "buttons" in board else None
        self.led = load("drivers.panel.led").Led(board["led"]) if "led" in board else None
        self.buzzer = load("drivers.panel.buzzer").Buzzer(board["buzzer"]) if "buzzer" in board else None
        self.display = None

    def add_display(self, board: dict, warn: Callable) -> None:
        """Without it the board works all the same: a person is told why there is none."""
        if "display" not in board:
            return
        if self.i2c is None:
            warn("display: the board has no [i2c]")
            return
        try:
            self.display = load("drivers.panel.display").Display(board["display"], self.i2c)
        except (ImportError, OSError) as error:
            warn("display: {}".format(error))


def _i2c(bus: dict) -> Any:
    return I2C(0, scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus.get("hz", 400_000))
