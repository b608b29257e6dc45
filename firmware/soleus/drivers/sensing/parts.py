"""What the datasheets say of each pressure sensor that Soleus knows.

Analog ones are ratiometric: their output is a share of their supply, in permille at 0 and at full
range. Digital ones give 24-bit counts, of which 10 % to 90 % span the range.
"""

# CFSensor XGZP6847A: V = Vs * (0.05 + 0.9 * P / range), gauge.
# NXP MPX5050GP: V = Vs * (0.04 + 0.018 * P / kPa), 0 to 50 kPa, gauge.
ANALOG_PERMILLE = (("XGZP6847A", 50, 950), ("MPX5050", 40, 940))

# Honeywell ABP2 (gauge versions) and MPRLS0025PA00001A (0 to 25 psi absolute).
COUNTS_AT_ZERO = 1_677_722
COUNTS_SPAN = 13_421_772

# A select and an answer take 230 us.
_READ_IN_A_TICK = 5


def output_permille(part: str) -> tuple:
    """An analog part's output at 0 and at full range."""
    for name, zero_permille, full_permille in ANALOG_PERMILLE:
        if part.startswith(name):
            return zero_permille, full_permille
    raise ValueError("sensors.part = {!r}: not an analog part that Soleus knows".format(part))


def has_turns(sensors: dict) -> bool:
    """Too many sensors behind multiplexers for one tick: they are read in two, first the first half of them.
    `sensors` is that table of a board's description."""
    return "mux_address" in sensors and len(sensors["channels"]) > _READ_IN_A_TICK
