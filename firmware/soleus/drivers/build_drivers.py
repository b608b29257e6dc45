"""Builds the drivers that a board has. Only the start needs it, so its code doesn't stay in memory."""

from machine import I2C, Pin

from soleus.basics.loading import load, load_to_stay
from soleus.core.basics.boots import Boots
from soleus.drivers.board_parts import BoardParts
from soleus.drivers.outputs.outputs import Outputs
from soleus.drivers.panel.buzzer import Buzzer
from soleus.drivers.panel.led import Led


def build(board: dict, boots: Boots, points: list) -> BoardParts:
    """`points` are a person's calibration of the pressure sensors."""
    i2c = _i2c(board["i2c"]) if "i2c" in board else None
    return BoardParts(
        i2c,
        Outputs(board, boots),
        load("drivers.sensing.pressure").pressure_sensors(board["sensors"], points, i2c),
        load_to_stay("drivers.battery").Battery(board["battery"]) if "battery" in board else None,
        Led(board["led"]) if "led" in board else None,
        Buzzer(board["buzzer"]) if "buzzer" in board else None,
    )


def _i2c(bus: dict) -> I2C:
    return I2C(0, scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus.get("hz", 400_000))
