"""The guards as the page lists them, and which of them a machine tells."""

from typing import Any, Literal

from host_tools.live.frames.frame import Guard
from host_tools.safety import fault_help
from host_tools.safety.requirements import REQUIREMENTS
from soleus.core.basics.boots import Boots

_UNITS = {
    "E01": "mmHg above wanted", "E02": "mmHg", "E03": "s without a release", "E11": "ms beyond its range",
    "E12": "ms without a reading", "E13": "mmHg below zero", "E14": "ms at one value", "E15": "jumps",
    "E16": "ms apart", "E17": "ms above the pump's flow", "E21": "s of pump",
    "E22": "fills collapsed", "E23": "‰ of the pump to hold",
    "E31": "s open and still pressed", "E32": "ms rising unasked", "E41": "ms between ticks",
    "E42": "min under pressure", "E43": "ticks without time", "E51": "rises after a stop",
    "E52": "fills without air", "E61": "V",
}  # fmt: skip

# What readings, valves and times show by themselves. The other counters stay inside the machine.
TOLD_ON_THE_LINE = frozenset({"E01", "E02", "E03", "E12", "E13", "E31", "E32", "E41", "E42", "E61"})
# A bench's tape holds neither what is wanted nor what is missing.
TOLD_BY_A_BENCH = frozenset({"E02", "E03", "E13", "E31", "E32"})
_TOLD = {"virtual": TOLD_ON_THE_LINE, "port": TOLD_ON_THE_LINE, "bench": TOLD_BY_A_BENCH}

# What stands in a number's place where a frame has none.
_UNKNOWN = {
    "here": "nothing to count now",
    "inside": "the machine counts this inside; its line doesn't tell it",
    "never": "these boots have nothing that it could watch",
}
NOT_RECORDED = "not every tick was recorded here"


def guards_shown(boots: Boots, kind: str) -> list[Guard]:
    """`kind` is the source's: only a simulation and a recording tell every counter."""
    return [
        {
            "code": each.code,
            "name": each.name,
            "requirement": each.id,
            "hazard": each.hazard,
            "reaction": "this chamber is left out, the others go on"
            if each.reaction != "stop"
            else "all vents open, the pump stops",
            "why": each.why,
            "unit": _UNITS[each.code],
            "help": fault_help.advice(each.code),
            "told": _told(boots, each.code, kind),
            "unknown": _unknown(_told(boots, each.code, kind), kind),
        }
        for each in REQUIREMENTS
    ]


def _unknown(told: str, kind: str) -> str:
    return NOT_RECORDED if kind == "recording" and told == "here" else _UNKNOWN[told]


def _told(boots: Boots, code: str, kind: str) -> Literal["here", "inside", "never"]:
    if not _watches(boots, code):
        return "never"
    return "here" if code in _TOLD.get(kind, _UNITS) else "inside"


def _watches(boots: Boots, code: str) -> bool:
    has: dict[str, Any] = {
        "E13": not boots.has_manifold_sensor_only,
        "E16": boots.is_three_way and not boots.has_manifold_sensor_only,
        "E17": boots.has_manifold_sensor_too,
        "E61": boots.supply_least_mv,
    }
    return bool(has.get(code, True))
