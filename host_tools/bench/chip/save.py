"""A chip file with what was measured; what wasn't stays as the old file has it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.catalogue.chips import Chip, Cost
from host_tools.flash.board.device import About

SILICON, EMULATED = "silicon", "emulated"
NO_CHIP = "guess"
"""For numbers of an interpreter on a laptop: of the words for where a number was seen, the only one that
claims nothing about a chip. Nobody can publish them as silicon by mistake."""

_TEXT = """\
# What work costs this chip. The virtual board spends these; `soleus bench chip` measures them on silicon.

name = "{name}"
title = "{title}"
chip = "{kind}"
clock_hz = {clock_hz:_}  # as the firmware sets it
default_clock_hz = {default_clock_hz:_}  # as MicroPython leaves it
has_psram = {has_psram}

# Each with where it was seen: silicon, emulated, published, datasheet, derived or guess.
[costs]
{costs}
"""
_DIGITS = 3


def check_chip_file(file: Path) -> None:
    if file.suffix.lower() != ".toml":
        raise InputError("--save", "", str(file), "a file that ends in .toml")
    if not file.parent.is_dir():
        raise InputError("--save", "", str(file), f"a folder that exists; there is no {file.parent}")


def with_measured(
    chip: Chip, costs: dict[str, float], about: About, is_chip: bool, is_emulated: bool
) -> Chip:
    seen = (EMULATED if is_emulated else SILICON) if is_chip else NO_CHIP
    machine = about.machine or about.platform
    where = machine if is_chip else f"{about.platform}, which is no chip"
    source = f"MicroPython {about.version} on {where}, {dt.date.today().isoformat()}, soleus bench chip"
    new = {name: Cost(_rounded(value), seen, source) for name, value in costs.items()}
    return replace(chip, costs={**chip.costs, **new})


def write_chip(chip: Chip, file: Path) -> None:
    write_whole(file, chip_text(chip).encode())


def chip_text(chip: Chip) -> str:
    return _TEXT.format(
        name=chip.name,
        title=_escaped(chip.title),
        kind=chip.kind,
        clock_hz=chip.clock_hz,
        default_clock_hz=chip.default_clock_hz,
        has_psram=str(chip.has_psram).lower(),
        costs="\n".join(_line(name, cost) for name, cost in chip.costs.items()),
    )


def _line(name: str, cost: Cost) -> str:
    return (
        f"{name} = {{ value = {_number(cost.value)}, "
        f'seen = "{cost.seen}", source = "{_escaped(cost.source)}" }}'
    )


def _rounded(value: float) -> float:
    """No more digits than a measurement has, but whole bytes."""
    return float(f"{value:.{_DIGITS}g}") if value < 10**_DIGITS else float(round(value))


def _number(value: float) -> str:
    return f"{int(value):_}" if value == int(value) else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
