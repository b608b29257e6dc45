"""What single numbers can't tell: do the numbers of a plant describe something that could exist?"""

from collections.abc import Iterator
from math import cos, pi
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.plant.legs import RESTLESS_ML
from host_tools.plant.parts.units import AMBIENT_MMHG

Problem = tuple[str, object, str]

ZONES = ("foot", "calf", "thigh")
CHAMBERS_MOST = 8
# How much two neighbours can push at most: the pressure at which the relief valve opens.
PUSHED_MMHG = 150.0
# In a chain of n equal chambers the coupling may be 1/(2 cos(pi/(n + 1))) of what a chamber takes for a mmHg.
COUPLING_SHARE_MOST = 1.0 / (2.0 * cos(pi / (CHAMBERS_MOST + 1)))


def nonsense(spec: Any) -> Iterator[Problem]:
    """Key, value and what would be right, for each thing that can't be: at the worst ends of the ranges."""
    zones = {zone: getattr(spec.chamber, zone) for zone in ZONES}
    if spec.leg.model == "hysteretic" and spec.hysteretic is None:
        yield "hysteretic", None, 'a table: leg.model = "hysteretic" needs it; nominal.toml shows its keys'
    for zone, chamber in zones.items():
        most = COUPLING_SHARE_MOST * _takes_ml_mmhg(chamber)
        if chamber.coupling_ml_mmhg.high >= most:
            key = f"chamber.{zone}.coupling_ml_mmhg"
            yield key, chamber.coupling_ml_mmhg.high, _too_coupled(most, chamber.compliance_ml_mmhg.low)
    for zone, chamber in zones.items():
        pushed_ml = _pushed_ml(spec, chamber, zones)
        if chamber.dead_ml.low + chamber.slack_ml.low <= pushed_ml:
            expected = f"more than {pushed_ml - chamber.dead_ml.low:.0f}: so much can its neighbours and its "
            yield f"chamber.{zone}.slack_ml", chamber.slack_ml.low, f"{expected}leg's movement push out of it"
    if spec.supply.empty_v.high > spec.supply.full_v.low:
        expected = f"at most supply.full_v, which may be {spec.supply.full_v.low:g}"
        yield "supply.empty_v", spec.supply.empty_v.high, expected


def refuse_squeezed(plant: Any, names: list[str], blamed: str = "plant") -> None:
    """Of the chambers as they were drawn, differences included, none may be squeezed by the others for ever.

    Nor may more be pushed out of one than is in it. With all slack taken up, volumes follow pressures by a
    matrix: unless it is positive definite, pressing on one chamber raises its neighbours without an end.
    """
    chambers = plant.chambers
    takes = chambers.compliance + chambers.cloth.give_ml_mmhg
    takes = takes + (chambers.dead_ml + chambers.slack_ml) / AMBIENT_MMHG
    matrix = np.diag(takes)
    for i, (below, above) in enumerate(zip(chambers.below, chambers.above, strict=True)):
        if below != i:
            matrix[i, below] -= chambers.from_below[i]
        if above != i:
            matrix[i, above] -= chambers.from_above[i]
    coupling = chambers.from_below + chambers.from_above
    room_ml = chambers.dead_ml + chambers.slack_ml - coupling * PUSHED_MMHG
    if room_ml.min() <= 0.0:
        _refuse_no_room(blamed, names[int(np.argmin(room_ml))], float(coupling[np.argmin(room_ml)]))
    if np.linalg.eigvalsh(matrix).min() > 0.0:
        return
    worst = int(np.argmax(coupling / takes))
    expected = f"a sum below the {takes[worst]:.2g} mL/mmHg that it takes itself, air included"
    raise InputError(
        blamed, f"{names[worst]}: coupling to its neighbours", round(float(coupling[worst]), 3), expected
    )


def _refuse_no_room(blamed: str, name: str, coupling: float) -> None:
    expected = (
        f"at least {coupling * PUSHED_MMHG:.0f} with dead_ml: so much can its neighbours push out of it"
    )
    raise InputError(blamed, f"{name}: slack_ml", None, expected)


def _takes_ml_mmhg(chamber: Any) -> float:
    """What a chamber takes at least for one more mmHg: it widens, and its air gets denser."""
    return float(chamber.compliance_ml_mmhg.low + (chamber.dead_ml.low + chamber.slack_ml.low) / AMBIENT_MMHG)


def _too_coupled(most: float, compliance: float) -> str:
    return f"below {most:.2g} at a compliance of {compliance:g}: beyond it neighbours squeeze without an end"


def _pushed_ml(spec: Any, chamber: Any, zones: dict[str, Any]) -> float:
    neighbour = max(zone.coupling_ml_mmhg.high for zone in zones.values())
    coupling = 0.5 * (chamber.coupling_ml_mmhg.high + neighbour)
    moved_ml = max(RESTLESS_ML, spec.leg.movement_ml.high if spec.leg.movements_per_min.high > 0.0 else 0.0)
    return float(2.0 * coupling * PUSHED_MMHG + moved_ml)
