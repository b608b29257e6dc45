"""Steps by name, and the suites made of them."""

from host_tools.bench.steps.air import Leak, Pump, Vent, Volume
from host_tools.bench.steps.calibrate import Calibrate
from host_tools.bench.steps.hoses import Hoses
from host_tools.bench.steps.safety import Overpressure, Silence, Stop, Watchdog
from host_tools.bench.steps.sensors import Accuracy, Zero
from host_tools.bench.steps.sessions import Endurance, Pattern
from host_tools.bench.steps.step import Step
from host_tools.bench.steps.valves import Valves

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        *(Zero(), Accuracy(), Valves(), Pump(), Volume(), Leak(), Vent(), Hoses()),
        *(Overpressure(), Stop(), Silence(), Watchdog(), Pattern(), Endurance(), Calibrate()),
    )
}

SUITES: dict[str, tuple[str, ...]] = {
    "quick": ("zero", "vent", "stop", "silence"),
    "acceptance": tuple(name for name in STEPS if name not in ("endurance", "calibrate")),
    # A volume is known only as well as the pump's flow.
    "volumes": ("pump", "volume"),
    "endurance": ("zero", "endurance"),
}
