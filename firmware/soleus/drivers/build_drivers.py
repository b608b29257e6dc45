"""Builds the drivers that a board has. Needed once, at the start: its code doesn't stay in memory."""

from machine import I2C, Pin

from soleus.basics.annotations import Any
from soleus.core.basics.boots import Boots
from soleus.drivers.outputs.outputs import Outputs
from soleus.drivers.sensing.pressure import pressure_sensors


def fit(parts: Any, board: dict, boots: Boots, points: list) -> None:
    """`None` for those that it hasn't."""
    bus = board.get("i2c")
    parts.i2c = I2C(0, scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus.get("hz", 400_000)) if bus else None
    parts.outputs = Outputs(board, boots)
    parts.sensors = pressure_sensors(board["sensors"], points, parts.i2c)
    parts.battery = parts.buttons = parts.led = parts.buzzer = parts.display = None
    if "battery" in board:
        from soleus.drivers.battery import Battery

        parts.battery = Battery(board["battery"])
    if "buttons" in board:
        from soleus.drivers.panel.buttons import Buttons

        parts.buttons = Buttons(board["buttons"])
    if "led" in board:
        from soleus.drivers.panel.led import Led

        parts.led = Led(board["led"])
    if "buzzer" in board:
        from soleus.drivers.panel.buzzer import Buzzer

        parts.buzzer = Buzzer(board["buzzer"])


def fit_display(parts: Any, board: dict) -> str:
    """Why there is none, though the board's description has one; or nothing."""
    if "display" not in board:
        return ""
    if parts.i2c is None:
        return "display: the board has no [i2c]"
    try:
        from soleus.drivers.panel.display import Display

        parts.display = Display(board["display"], parts.i2c)
    except (ImportError, OSError) as error:
        return "display: {}".format(error)
    return ""
