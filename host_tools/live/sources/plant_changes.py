"""Another leg in the boots: a plant file that lies over one of Soleus's own plants."""

from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.plant.files.spec import PlantSpec, Range, load_plant, plant_names


@dataclass(frozen=True)
class PlantChanges:
    """Of the plant's own figures; 100 % and 0 leave it as it is."""

    size_percent: int = 100
    softness_percent: int = 100
    movements_per_min: int = 0

    @property
    def are_none(self) -> bool:
        return self == PlantChanges()


def changed_plant(plant: str, changes: PlantChanges, folder: Path) -> Path:
    """The file; its name says what is changed, so that a command that names it can be read."""
    if plant not in plant_names():
        expected = f"one of {', '.join(plant_names())}, to change size, softness or movement"
        raise InputError("--plant", "", plant, expected)
    name = f"{plant}-size{changes.size_percent}-soft{changes.softness_percent}"
    file = folder / f"{name}-moves{changes.movements_per_min}.toml"
    file.write_text(_toml(plant, load_plant(plant), changes), encoding="utf-8")
    load_plant(file)
    return file


def _toml(plant: str, spec: PlantSpec, changes: PlantChanges) -> str:
    size, softness = changes.size_percent / 100, changes.softness_percent / 100
    lines = [
        f"# {plant} with another leg in it, as it was chosen on the page of `soleus live`.",
        "",
        f'extends = "{plant}"',
        f'about = "{plant}, size {changes.size_percent} %, softness {changes.softness_percent} %"',
    ]
    for zone in ("foot", "calf", "thigh"):
        chamber = getattr(spec.chamber, zone)
        lines += [
            "",
            f"[chamber.{zone}]",
            f"dead_ml = {_scaled(chamber.dead_ml, size)}",
            f"slack_ml = {_scaled(chamber.slack_ml, size)}",
            f"compliance_ml_mmhg = {_scaled(chamber.compliance_ml_mmhg, size * softness)}",
        ]
    if changes.movements_per_min:
        lines += ["", "[leg]", f"movements_per_min = {changes.movements_per_min}"]
    return "\n".join(lines) + "\n"


def _scaled(span: Range, factor: float) -> str:
    return f"[{span.low * factor:.4g}, {span.high * factor:.4g}]"
