"""Plant files: TOML in, a checked `PlantSpec` out, or one line that says what is wrong."""

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from host_tools.basics.errors import InputError
from host_tools.basics.expectation import from_pydantic, one_of_the_keys
from host_tools.basics.paths import PLANTS
from host_tools.plant.files.sense import nonsense


class Range(NamedTuple):
    """The range that a seed draws from; for a plain number both ends are the same."""

    low: float
    high: float


def _within(least: float, most: float) -> PlainValidator:
    def read(value: Any) -> Range:
        ends = value if isinstance(value, list) else [value, value]
        are_good = len(ends) == 2 and all(_is_number(end) and least <= end <= most for end in ends)
        if are_good and ends[0] <= ends[1]:
            return Range(float(ends[0]), float(ends[1]))
        raise ValueError(f"a number or a range [low, high], within {least:g} and {most:g}")

    return PlainValidator(read)


def _whole(least: int, most: int) -> PlainValidator:
    def read(value: Any) -> int:
        if type(value) is int and least <= value <= most:
            return value
        raise ValueError(f"a whole number from {least} to {most}")

    return PlainValidator(read)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PumpSpec(_Table):
    free_flow_l_min: Annotated[Range, _within(1.0, 60.0)]
    stall_mmhg: Annotated[Range, _within(50.0, 2000.0)]
    time_constant_ms: Annotated[Range, _within(1.0, 2000.0)]
    stiction_duty: Annotated[Range, _within(0.0, 0.9)]
    ripple: Annotated[Range, _within(0.0, 1.0)]
    ripple_hz: Annotated[Range, _within(5.0, 200.0)]
    idle_w: Annotated[Range, _within(0.0, 100.0)]
    load_w_per_mmhg: Annotated[Range, _within(0.0, 1.0)]


class ManifoldSpec(_Table):
    volume_ml: Annotated[Range, _within(2.0, 1000.0)]
    leak: Annotated[Range, _within(0.0, 10.0)]
    relief_mmhg: Annotated[Range, _within(0.0, 1000.0)]
    relief_k: Annotated[Range, _within(0.0, 100.0)]


class ValveSpec(_Table):
    conductance: Annotated[Range, _within(0.1, 200.0)]
    on_ms: Annotated[Range, _within(1.0, 500.0)]
    off_ms: Annotated[Range, _within(1.0, 500.0)]
    travel_ms: Annotated[Range, _within(0.5, 200.0)]
    jitter_ms: Annotated[Range, _within(0.0, 50.0)]


class CoilSpec(_Table):
    pull_w: Annotated[Range, _within(0.0, 30.0)]
    hold_share: Annotated[Range, _within(0.0, 1.0)]
    pull_ms: Annotated[Range, _within(0.0, 1000.0)]
    drop_out_v: Annotated[Range, _within(0.0, 30.0)]


class ValvesSpec(_Table):
    fill: ValveSpec
    vent: ValveSpec
    coil: CoilSpec


class HoseSpec(_Table):
    conductance: Annotated[Range, _within(0.1, 500.0)]


class ChamberSpec(_Table):
    dead_ml: Annotated[Range, _within(1.0, 1000.0)]
    slack_ml: Annotated[Range, _within(10.0, 5000.0)]
    slack_mmhg: Annotated[Range, _within(0.2, 20.0)]
    compliance_ml_mmhg: Annotated[Range, _within(0.1, 50.0)]
    coupling_ml_mmhg: Annotated[Range, _within(0.0, 2.0)]
    leak: Annotated[Range, _within(0.0, 10.0)]
    creep_share: Annotated[Range, _within(0.0, 1.0)]
    creep_s: Annotated[Range, _within(0.5, 600.0)]


class ZonesSpec(_Table):
    foot: ChamberSpec
    calf: ChamberSpec
    thigh: ChamberSpec


class LegSpec(_Table):
    model: Literal["elastic", "hysteretic"] = "elastic"
    movements_per_min: Annotated[Range, _within(0.0, 60.0)]
    movement_ml: Annotated[Range, _within(0.0, 100.0)]
    movement_rise_s: Annotated[Range, _within(0.05, 5.0)]
    movement_hold_s: Annotated[Range, _within(0.0, 60.0)]
    blood_ml: Annotated[Range, _within(0.0, 500.0)]
    blood_out_s: Annotated[Range, _within(0.1, 600.0)]
    blood_back_s: Annotated[Range, _within(0.1, 600.0)]


class HystereticSpec(_Table):
    """What a leg of the second kind has beside, or instead of, what the zones say."""

    give_share: Annotated[Range, _within(0.0, 0.8)]
    play_mmhg: Annotated[Range, _within(0.0, 50.0)]
    fast_creep_share: Annotated[Range, _within(0.0, 1.0)]
    fast_creep_s: Annotated[Range, _within(0.1, 60.0)]
    slow_creep_share: Annotated[Range, _within(0.0, 1.0)]
    slow_creep_s: Annotated[Range, _within(1.0, 3600.0)]
    hose_ml: Annotated[Range, _within(1.0, 200.0)]
    stick_ms: Annotated[Range, _within(0.0, 200.0)]


class AirSpec(_Table):
    warmth_share: Annotated[Range, _within(0.0, 0.2)]
    cooling_s: Annotated[Range, _within(0.1, 60.0)]


class SensorSpec(_Table):
    missing: Literal["floor", "silent"]
    range_mmhg: Annotated[Range, _within(50.0, 5000.0)]
    floor_share: Annotated[Range, _within(-1.0, 0.0)]
    count_pa: Annotated[Range, _within(0.001, 1000.0)]
    lag_ms: Annotated[Range, _within(0.01, 1000.0)]
    gain_error: Annotated[Range, _within(-0.5, 0.5)]
    offset_mmhg: Annotated[Range, _within(-50.0, 50.0)]
    bow_mmhg: Annotated[Range, _within(-50.0, 50.0)]
    noise_mmhg: Annotated[Range, _within(0.0, 20.0)]
    # 2 if each tick reads one half of the sensors. The board says so, and no plant file.
    turns: Literal[1, 2] = 1


class DigitalSensorSpec(_Table):
    """What is different where a board's sensors answer in numbers."""

    missing: Literal["floor", "silent"]
    count_pa: Annotated[Range, _within(0.001, 1000.0)]
    noise_mmhg: Annotated[Range, _within(0.0, 20.0)]


class SupplySpec(_Table):
    nominal_v: Annotated[Range, _within(1.0, 60.0)]
    full_v: Annotated[Range, _within(1.0, 60.0)]
    empty_v: Annotated[Range, _within(1.0, 60.0)]
    capacity_wh: Annotated[Range, _within(0.1, 1000.0)]
    charge: Annotated[Range, _within(0.01, 1.0)]
    ohm: Annotated[Range, _within(0.0, 5.0)]
    electronics_w: Annotated[Range, _within(0.0, 20.0)]


class OneChamberSpec(_Table):
    """What is different at one chamber; not scaled to the number of chambers."""

    dead_ml: Annotated[Range | None, _within(1.0, 3000.0)] = None
    slack_ml: Annotated[Range | None, _within(0.0, 10_000.0)] = None
    slack_mmhg: Annotated[Range | None, _within(0.2, 20.0)] = None
    compliance_ml_mmhg: Annotated[Range | None, _within(0.0, 100.0)] = None
    coupling_ml_mmhg: Annotated[Range | None, _within(0.0, 5.0)] = None
    leak: Annotated[Range | None, _within(0.0, 20.0)] = None
    creep_share: Annotated[Range | None, _within(0.0, 1.0)] = None
    creep_s: Annotated[Range | None, _within(0.5, 600.0)] = None
    blood_ml: Annotated[Range | None, _within(0.0, 500.0)] = None
    hose_conductance: Annotated[Range | None, _within(0.1, 1000.0)] = None
    fill_conductance: Annotated[Range | None, _within(0.1, 400.0)] = None
    vent_conductance: Annotated[Range | None, _within(0.1, 400.0)] = None
    fill_on_ms: Annotated[Range | None, _within(1.0, 500.0)] = None
    fill_off_ms: Annotated[Range | None, _within(1.0, 500.0)] = None
    fill_travel_ms: Annotated[Range | None, _within(0.5, 200.0)] = None
    vent_on_ms: Annotated[Range | None, _within(1.0, 500.0)] = None
    vent_off_ms: Annotated[Range | None, _within(1.0, 500.0)] = None
    vent_travel_ms: Annotated[Range | None, _within(0.5, 200.0)] = None
    gain_error: Annotated[Range | None, _within(-0.5, 0.5)] = None
    offset_mmhg: Annotated[Range | None, _within(-50.0, 50.0)] = None
    bow_mmhg: Annotated[Range | None, _within(-50.0, 50.0)] = None
    # The chamber at which this valve's hose really ends.
    hose_to: str | None = None


class IntegrationSpec(_Table):
    """Substeps of a beat of 10 ms: while nothing switches, and while an armature travels."""

    steady_substeps: Annotated[int, _whole(1, 1000)]
    moving_substeps: Annotated[int, _whole(1, 1000)]


class PlantSpec(_Table):
    """A plant file, checked. `valve.fill.conductance` and the like are in the units the files explain."""

    about: str
    pump: PumpSpec
    manifold: ManifoldSpec
    valve: ValvesSpec
    hose: HoseSpec
    chamber: ZonesSpec
    leg: LegSpec
    air: AirSpec
    sensor: SensorSpec
    digital_sensor: DigitalSensorSpec
    supply: SupplySpec
    integration: IntegrationSpec
    # After so long without a tick a board's one-shot takes the power away; 0: it has none. The board says so.
    one_shot_ms: int = 0
    at: dict[str, OneChamberSpec] = {}
    # Asked for only where `leg.model` is "hysteretic".
    hysteretic: HystereticSpec | None = None


def plant_names() -> list[str]:
    return sorted(file.stem for file in PLANTS.glob("*.toml"))


def load_plant(name: str | Path) -> PlantSpec:
    """One of the plants that come with Soleus, by name, or any plant file, by path."""
    file = _plant_file(name)
    spec = _check(file, _merged(file, _read(file)))
    for problem in nonsense(spec):
        raise InputError(file, *problem)
    return spec


def _plant_file(name: str | Path) -> Path:
    if str(name) in plant_names():
        return PLANTS / f"{name}.toml"
    if Path(name).suffix != ".toml":
        raise InputError(
            "--plant", "", str(name), f"one of {', '.join(plant_names())}, or the path of a .toml file"
        )
    return Path(name)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(file, "", None, f"a plant file that can be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(file, "", None, "a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        key = f"line {line[1]}" if line else "last line"
        raise InputError(file, key, None, f"valid TOML ({str(error).split(' (at ')[0]})") from None


def _merged(file: Path, table: dict[str, Any]) -> dict[str, Any]:
    """A file that says `extends = "nominal"` lists only what is different."""
    base = table.pop("extends", None)
    if base is None:
        return table
    if base not in plant_names() or base == file.stem:
        raise InputError(file, "extends", base, f"another plant: {', '.join(plant_names())}")
    base_file = PLANTS / f"{base}.toml"
    return _laid_over(_merged(base_file, _read(base_file)), table)


def _laid_over(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        # `leg = "hysteretic"` is short for `leg.model = "hysteretic"`.
        changes = {"model": value} if key == "leg" and isinstance(value, str) else value
        both_are_tables = isinstance(changes, dict) and isinstance(base.get(key), dict)
        merged[key] = _laid_over(base[key], changes) if both_are_tables else value
    return merged


def _check(file: Path, table: dict[str, Any]) -> PlantSpec:
    try:
        return PlantSpec.model_validate(table)
    except ValidationError as error:
        problems = error.errors()
    # A mistyped key is also a missing one: name the cause, not the effect.
    problem = min(problems, key=lambda p: p["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        raise InputError(file, key, problem["input"], one_of_the_keys(_known_keys(problem["loc"])))
    if problem["type"] == "missing":
        raise InputError(file, key, None, "a value; nominal.toml shows every key")
    raise InputError(file, key, problem["input"], from_pydantic(problem["msg"]))


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    model: Any = {"at": OneChamberSpec, "hysteretic": HystereticSpec}.get(str(place[0]))
    if model is None:
        model = PlantSpec
        for part in place[:-1]:
            model = model.model_fields[str(part)].annotation
    return list(model.model_fields)
