"""The board's pressure sensors, whichever they are: `prepare()` after a tick, `read_...()` at the next."""

from machine import SoftI2C

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load_to_stay

DRIVERS = ("adc", "ads1115", "abp2", "mprls")


def pressure_sensors(table: dict, points: list, i2c: "SoftI2C | None", warn: Callable) -> Any:
    """`points` are a person's calibration, a pair for each sensor; where one is missing, the datasheet's."""
    driver = table["driver"]
    if driver == "adc":
        return load_to_stay("drivers.sensing.adc").AdcPressure(table, points, warn)
    if i2c is None:
        raise ValueError("sensors.driver = {!r}: needs [i2c]".format(driver))
    if driver == "ads1115":
        return load_to_stay("drivers.sensing.ads1115").Ads1115Pressure(table, points, i2c)
    if driver in DRIVERS:
        return load_to_stay("drivers.sensing.honeywell").HoneywellPressure(table, points, i2c)
    raise ValueError("sensors.driver = {!r}: one of {}".format(driver, ", ".join(DRIVERS)))
