"""Fits a plant to a bench run: the pump by the vessel, each chamber by its fill, hold and vent."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import least_squares

from host_tools.basics.errors import InputError
from host_tools.bench.measure.line import Curve
from host_tools.bench.run import BenchRun
from host_tools.bench.steps.air import REPEATS
from host_tools.plant.parts.units import AMBIENT_MMHG
from host_tools.twin.forward import ChamberRun, SoloPlant

TRAVEL_MS = 3.5
READING_SIGMA = 0.5


@dataclass(frozen=True)
class Known:
    """What is known before any measurement: a usual value, its standard deviation, and the possible range."""

    value: float
    deviation: float
    low: float
    high: float


# Pressure in the manifold when a fill begins: only the first one finds it empty.
TRAPPED = Known(50.0, 50.0, 0.0, 160.0)
PUMP = {
    "free_flow_ml_s": Known(215.0, 60.0, 40.0, 800.0),
    "stall_mmhg": Known(610.0, 60.0, 250.0, 1200.0),
    "time_constant_ms": Known(90.0, 30.0, 20.0, 300.0),
    "hose_conductance": Known(47.0, 5.0, 10.0, 300.0),
    # Together they decide when a fast fill begins to lose air through the relief valve.
    "fill_conductance": Known(27.0, 2.0, 8.0, 150.0),
    "relief_mmhg": Known(150.0, 8.0, 100.0, 250.0),
    **{f"trapped_{n}_mmhg": TRAPPED for n in range(REPEATS)},
}
OF_THE_PUMP = ("free_flow_ml_s", "stall_mmhg", "time_constant_ms", "relief_mmhg")
CHAMBER = {
    "slack_ml": Known(620.0, 400.0, 0.0, 6000.0),
    "slack_mmhg": Known(1.5, 0.5, 0.3, 10.0),
    "compliance_ml_mmhg": Known(3.0, 3.0, 0.2, 40.0),
    "leak": Known(0.003, 0.02, 0.0, 5.0),
    "creep_share": Known(0.085, 0.04, 0.0, 0.6),
    "creep_s": Known(14.0, 6.0, 2.0, 60.0),
    "blood_ml": Known(13.0, 7.0, 0.0, 120.0),
    "hose_conductance": Known(47.0, 6.0, 10.0, 300.0),
    "vent_conductance": Known(28.0, 8.0, 1.0, 300.0),
    "trapped_mmhg": TRAPPED,
    # Air left after a minute with open vents, as in the step `leak`: no reading tells it from slack.
    "left_ml": Known(1.0, 2.0, 0.0, 300.0),
}
DEAD_ML, FILL_K = 38.0, 27.0
# Relative deviations of a resistance: between valves, after the vessel, and after a measured drop.
USUAL_DEVIATION, VESSEL_DEVIATION, DROP_DEVIATION = 0.2, 0.04, 0.04
# A chamber's blood for each mL/mmHg of its compliance: 30 to 100 mL for a leg of five chambers.
BLOOD_MMHG, BLOOD_DEVIATION = 4.6, 1.5
# About the pressure that chambers have in the step `hoses`.
FELT_AT_MMHG = 40.0


@dataclass
class Fitted:
    """Values with their standard deviations, and the error that is left."""

    values: dict[str, float]
    sigma: dict[str, float]
    rms_mmhg: float
    measured: Curve | None = None
    modelled: np.ndarray | None = None


@dataclass
class Twin:
    board: str
    source: str
    chambers: list[str]
    pump: Fitted
    at: dict[str, Fitted] = field(default_factory=dict)


Progress = Callable[[str, int, int], None]


def fit_twin(run: BenchRun, on_progress: Progress | None = None) -> Twin:
    curves = {curve.key: curve for curve in run.curves}
    lines = {line.key: line.value for line in run.lines if line.value is not None}
    # The lines are in the board's order of chambers.
    leaks = [line.key.removeprefix("leak.") for line in run.lines if line.key.startswith("leak.")]
    names = [name for name in leaks if f"life.{name}" in curves]
    vessel = [curve for curve in run.curves if curve.step == "pump"]
    if not vessel or not names:
        raise InputError("run", "suite", run.suite, "a run of `soleus bench acceptance`, with its curves")
    solo = SoloPlant()
    pump = _fit_pump(solo, vessel, lines)
    twin = Twin(run.identity.board, f"{run.identity.serial}, {run.started_at}", names, pump)
    # Twice: the drop over the valves is known only with the hoses, and the air of a fill only with both.
    for again in (False, True):
        for n, name in enumerate(names):
            if on_progress:
                on_progress(name, again * len(names) + n, 2 * len(names))
            begun = twin.at.get(name)
            twin.at[name] = _fit_chamber(solo, curves[f"life.{name}"], name, lines, pump, begun)
        # Drops refer to chambers by their place on the board, so they help only if every chamber is fitted.
        if not again and names == leaks:
            _share_out_valves(twin, vessel[0].chamber, curves)
    for name in names:
        _couple(twin, name, names, curves)
    return twin


def _fit_pump(solo: SoloPlant, curves: list[Curve], lines: dict[str, float]) -> Fitted:
    curve = curves[0]
    rigid = {
        "dead_ml": float(curve.facts["vessel_ml"]), "slack_ml": 0.0, "slack_mmhg": 1.0,
        "compliance_ml_mmhg": 0.0, "leak": 0.0, "creep_share": 0.0, "creep_s": 10.0, "blood_ml": 0.0,
        **_of_sensor(lines, curve.chamber), **_of_valves(lines, curve.chamber),
    }  # fmt: skip
    known = dict(PUMP)
    if (relief := lines.get("relief")) is not None:
        known["relief_mmhg"] = Known(min(max(relief, 105.0), 240.0), 2.0, 100.0, 250.0)
    return _fit(solo, [_vessel_run(n, curve) for n, curve in enumerate(curves)], known, rigid, curve)


def _vessel_run(number: int, curve: Curve) -> ChamberRun:
    pump = np.array(curve.facts["pump"], np.int64)
    return ChamberRun(
        joined=np.where(_joined(pump), 1, 0).astype(np.int64),
        sealed=np.ones(len(pump), np.int64),
        pump=pump,
        kept=np.arange(len(pump)),
        mmhg=np.asarray(curve.mmhg, float),
        trapped=f"trapped_{number}_mmhg",
        battery_share=float(curve.facts.get("battery_share", 1.0)),
    )


def _joined(pump: np.ndarray) -> np.ndarray:
    """The valve stays open while the rotor runs down."""
    joined, left = np.zeros(len(pump), bool), 0
    for k in range(len(pump)):
        left = 31 if pump[k] else left - 1
        joined[k] = left > 0
    return joined


def _fit_chamber(
    solo: SoloPlant,
    curve: Curve,
    name: str,
    lines: dict[str, float],
    pump: Fitted,
    begun: Fitted | None,
) -> Fitted:
    fixed = {
        **{key: pump.values[key] for key in OF_THE_PUMP},
        "dead_ml": DEAD_ML, "fill_conductance": FILL_K, **_of_sensor(lines, name), **_of_valves(lines, name),
    }  # fmt: skip
    if begun:
        fixed["fill_conductance"] = begun.values["fill_conductance"]
    known = dict(CHAMBER)
    volume = lines.get(f"volume.{name}", 850.0)
    known["slack_ml"] = Known(max(volume * 0.7, 50.0), 300.0, 0.0, 6000.0)
    fitted = _fit(solo, [_chamber_run(curve)], known, fixed, curve, begun)
    if begun and "fill_conductance" in begun.sigma:
        fitted.sigma["fill_conductance"] = begun.sigma["fill_conductance"]
    return fitted


def _fit(
    solo: SoloPlant,
    runs: list[ChamberRun],
    known: dict[str, Known],
    fixed: dict[str, float],
    curve: Curve,
    begun: Fitted | None = None,
) -> Fitted:
    names = list(known)
    start = np.array([known[name].value for name in names])
    deviation = np.array([known[name].deviation for name in names])
    low = np.array([known[name].low for name in names])
    high = np.array([known[name].high for name in names])
    # A fill gives many readings in seconds, a hold few in minutes. Each reading counts the same.
    weight = 1.0 / READING_SIGMA

    measured = np.concatenate([run.mmhg for run in runs])

    def modelled(values: np.ndarray) -> np.ndarray:
        at = {**fixed, **dict(zip(names, values.tolist(), strict=True))}
        return np.concatenate([solo.shown(run, at) for run in runs])

    def off(values: np.ndarray) -> np.ndarray:
        usual = (values - start) / deviation
        if "blood_ml" in names:
            # Softer flesh has more blood.
            soft = values[names.index("compliance_ml_mmhg")]
            usual[names.index("blood_ml")] = (
                values[names.index("blood_ml")] / soft - BLOOD_MMHG
            ) / BLOOD_DEVIATION
        return np.concatenate([(modelled(values) - measured) * weight, usual])

    found = least_squares(
        off,
        np.array([begun.values[name] for name in names]) if begun else start,
        bounds=(low, high),
        x_scale=deviation,
        diff_step=1e-3,
        loss="soft_l1",
        f_scale=3.0,
        ftol=1e-4,
        xtol=1e-4,
        max_nfev=20,
    )
    covariance = np.linalg.pinv(found.jac.T @ found.jac)
    values = dict(zip(names, found.x.tolist(), strict=True))
    sigma = dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    shown = modelled(found.x)
    rms = float(np.sqrt(np.mean((shown - measured) ** 2)))
    return Fitted({**fixed, **values}, sigma, rms, curve, shown[: len(runs[0].mmhg)])


def _chamber_run(curve: Curve) -> ChamberRun:
    ticks = int(curve.facts["ticks"])
    orders = np.zeros((ticks, 3), np.int64)
    changes = curve.facts["orders"]
    for n, (k, *order) in enumerate(changes):
        orders[k : changes[n + 1][0] if n + 1 < len(changes) else ticks] = order
    kept = np.array(curve.facts["kept"], np.int64)
    return ChamberRun(
        joined=orders[:, 0].copy(),
        sealed=orders[:, 1].copy(),
        pump=orders[:, 2].copy(),
        kept=kept,
        mmhg=np.asarray(curve.mmhg, float),
        battery_share=float(curve.facts.get("battery_share", 1.0)),
    )


def _of_sensor(lines: dict[str, float], name: str) -> dict[str, float]:
    """The sensor's gain and bow against the gauge: `error = gain p + 4 bow (p/range)(1 - p/range)`."""
    levels = [level for level in (30, 60, 90, 110) if f"accuracy.{level}.{name}" in lines]
    if len(levels) < 3:
        return {"gain_error": 0.0, "bow_mmhg": 0.0}
    p = np.array(levels, float)
    part = p / 300.0
    # Both are small. What the readings can't tell apart is shared between them by their usual size.
    design = np.vstack([np.stack([p, 4 * part * (1 - part)], axis=1) / 0.1, np.diag([1 / 0.02, 1 / 0.5])])
    error = np.array([lines[f"accuracy.{level}.{name}"] for level in levels])
    gain, bow = np.linalg.lstsq(design, np.concatenate([error / 0.1, [0.0, 0.0]]), rcond=None)[0]
    return {"gain_error": float(gain), "bow_mmhg": float(bow)}


def _of_valves(lines: dict[str, float], name: str) -> dict[str, float]:
    keys = {
        "fill_on_ms": "fill.opens", "fill_off_ms": "fill.closes",
        "vent_off_ms": "vent.opens", "vent_on_ms": "vent.closes",
    }  # fmt: skip
    return {
        key: max(1.0, lines[f"{line}.{name}"] - TRAVEL_MS / 2)
        for key, line in keys.items()
        if f"{line}.{name}" in lines
    }


def _share_out_valves(twin: Twin, vessel_at: str, curves: dict[str, Curve]) -> None:
    """The resistance of each fill valve, from the share of the drop that two valves in series took.

    That gives sums of two valves; the vessel gives one valve by itself.
    """
    names = twin.chambers
    drops = {name: curves[f"drop.{name}"] for name in names if f"drop.{name}" in curves}
    if vessel_at not in names or len(drops) < len(names):
        return
    usual = FILL_K**-2.0
    rows, wanted = [*np.eye(len(names)) / (USUAL_DEVIATION * usual)], [1 / USUAL_DEVIATION] * len(names)

    def tell(which: list[int], resistance: float, deviation: float) -> None:
        row = np.zeros(len(names))
        row[which] = 1.0 / (deviation * resistance)
        rows.append(row)
        wanted.append(1.0 / deviation)

    tell([names.index(vessel_at)], twin.pump.values["fill_conductance"] ** -2.0, VESSEL_DEVIATION)
    for n, name in enumerate(names):
        source = int(drops[name].time_s[0])
        share = float(drops[name].mmhg[0])
        hoses = sum(twin.at[names[i]].values["hose_conductance"] ** -2.0 for i in (n, source))
        tell([n, source], hoses * share / (1.0 - share), DROP_DEVIATION)
    matrix = np.array(rows)
    found = np.linalg.lstsq(matrix, np.array(wanted), rcond=None)[0]
    sigma = np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)))
    for name, resistance, deviation in zip(names, found.tolist(), sigma.tolist(), strict=True):
        conductance = max(resistance, usual / 25) ** -0.5
        twin.at[name].values["fill_conductance"] = conductance
        twin.at[name].sigma["fill_conductance"] = conductance * deviation / resistance / 2


def _couple(twin: Twin, name: str, names: list[str], curves: dict[str, Curve]) -> None:
    """The push between a chamber and the next proximal one, from how much each felt of the other."""
    n = names.index(name)
    if (
        n + 1 >= len(names)
        or names[n + 1].split(".")[0] != name.split(".")[0]
        or f"felt.{name}" not in curves
    ):
        return
    above = names[n + 1]
    pushes = []
    for raised, feeling in ((name, above), (above, name)):
        rise = float(curves[f"felt.{raised}"].mmhg[names.index(raised)])
        felt = float(curves[f"felt.{raised}"].mmhg[names.index(feeling)])
        pushes.append(felt * _fast_slope(twin.at[feeling].values) / rise)
    twin.at[name].values["coupling_ml_mmhg"] = max(0.0, float(np.mean(pushes)))
    twin.at[name].sigma["coupling_ml_mmhg"] = float(np.ptp(pushes) / 2)


def _fast_slope(values: dict[str, float]) -> float:
    """mL of volume that a neighbour has to lose for one more mmHg, within about a second."""
    p = FELT_AT_MMHG
    room = values["dead_ml"] + values["slack_ml"] + values["compliance_ml_mmhg"] * p
    return values["compliance_ml_mmhg"] + room / (AMBIENT_MMHG + p)
