"""The limits of the bench's figures where a board file says nothing."""

# Key -> value and what it is. A board's own table overrules each.
DEFAULTS: dict[str, tuple[float, str]] = {
    "reference_ml": (1000.0, "volume of the reference vessel, mL"),
    "noise_most_mmhg": (1.5, "noise of a sensor, one standard deviation"),
    "accuracy_mmhg": (2.5, "how far a sensor may be off against the gauge"),
    "click_most_ms": (45.0, "from command to half-way travel of a valve"),
    "pump_least_l_min": (9.0, "pump's flow at 20 mmHg behind the valve; 92 % at 50 and 84 % at 80"),
    "foot_least_ml": (400.0, "air to 60 mmHg of a chamber of the foot, five to a leg"),
    "foot_most_ml": (1300.0, "the same"),
    "calf_least_ml": (400.0, "of the calf"),
    "calf_most_ml": (1500.0, "the same"),
    "thigh_least_ml": (400.0, "of the thigh"),
    "thigh_most_ml": (1700.0, "the same"),
    "fill_most_s": (9.0, "pump time of the largest chamber to 60 mmHg, five to a leg"),
    "leak_most_mmhg_min": (12.0, "fall of a sealed chamber at 80 mmHg"),
    "foot_vent_most_s": (
        2.0,
        "from 80 to below 10 mmHg beside the vent, a chamber of the foot, five to a leg",
    ),
    "calf_vent_most_s": (3.0, "the same of the calf"),
    "thigh_vent_most_s": (3.5, "the same of the thigh"),
    "relief_tolerance_mmhg": (25.0, "how far from [pneumatics] relief_mmhg the relief may open"),
    "reached_within_mmhg": (2.5, "held pressure against its target in a program"),
    "endurance_drift_most": (10.0, "percent that fill, vent and hold may change in an endurance run"),
}
