"""A twin as a plant file: what `soleus sim --plant FILE` runs."""

from host_tools.bench.measure.pump_curve import RELIEF_K
from host_tools.plant.parts.units import ML_S_PER_L_MIN
from host_tools.twin.fit import TRAVEL_MS, Fitted, Twin

# A middling battery at the start of a session; the pump was fitted with a full one.
FULL_V, EMPTY_V, CHARGE = 12.6, 9.5, 0.95
VOLTS_SHARE = (EMPTY_V + (FULL_V - EMPTY_V) * CHARGE) / FULL_V
# What a bench can't measure stays as on a middling machine.
HEADER = """\
# The twin of {source}, made by `soleus twin fit`.
# Each number with its standard deviation, where it was fitted.

extends = "nominal"
about = "twin of {source}"

[pump]
free_flow_l_min = {flow}
stall_mmhg = {stall}
time_constant_ms = {rotor}
stiction_duty = 0.23
ripple = 0.2
ripple_hz = 37.0
idle_w = 6.5
load_w_per_mmhg = 0.03

[manifold]
volume_ml = 26.0
leak = 0.004
relief_mmhg = {relief}
relief_k = {relief_k}

[leg]
movements_per_min = 0.0
blood_out_s = 4.0
blood_back_s = 40.0

[air]
warmth_share = 0.013
cooling_s = 2.0

# The pump's flow is that of this voltage, from which the battery goes on to sag.
[supply]
charge = {charge}
capacity_wh = 29.0
ohm = 0.15
electronics_w = 0.8

[sensor]
offset_mmhg = 0.0
bow_mmhg = 0.0
lag_ms = 3.0
"""
_KEYS = (
    *("slack_ml", "slack_mmhg", "compliance_ml_mmhg", "coupling_ml_mmhg", "leak", "creep_share", "creep_s"),
    *("blood_ml", "hose_conductance", "vent_conductance", "gain_error", "bow_mmhg"),
    *("fill_on_ms", "fill_off_ms", "vent_on_ms", "vent_off_ms", "dead_ml", "fill_conductance"),
)


def plant_toml(twin: Twin) -> str:
    pump = twin.pump
    text = HEADER.format(
        source=twin.source.replace('"', "'"),
        flow=_number(pump, "free_flow_ml_s", 1 / ML_S_PER_L_MIN / VOLTS_SHARE),
        stall=_number(pump, "stall_mmhg"),
        rotor=_number(pump, "time_constant_ms"),
        relief=_number(pump, "relief_mmhg"),
        relief_k=RELIEF_K,
        charge=CHARGE,
    )
    for name in twin.chambers:
        fitted = twin.at[name]
        text += f'\n[at."{name}"]\n'
        text += "".join(f"{key} = {_number(fitted, key)}\n" for key in _KEYS if key in fitted.values)
        text += f"fill_travel_ms = {TRAVEL_MS}\nvent_travel_ms = {TRAVEL_MS}\n"
    return text


def _number(fitted: Fitted, key: str, scale: float = 1.0) -> str:
    value = f"{fitted.values[key] * scale:.6g}"
    if key not in fitted.sigma:
        return value
    return f"{value}  # ± {fitted.sigma[key] * scale:.2g}"
