"""A new program: every key that the check knows, with what the check says that it may be.

The check is asked for its words: a value that can't be right is put under each key, and what it expects
instead becomes the comment. So nothing here has to be changed when a range does.
"""

import copy
from typing import Any

from host_tools.new_files.lines import WRONG, line
from soleus.core.basics.boots import ZONES
from soleus.core.basics.errors import SettingError
from soleus.core.program.table import read_program
from soleus.core.program.words import LEG_MODES, PATTERNS

# What any program begins with: short and soft.
_HEAD: dict[str, Any] = {
    "id": "",
    "title": "A program of my own",
    "purpose": "What it is for. Not for: say what it is not for.",
    "when": "when a person would choose it",
    "need": "my own",
    "mode": "in a few words what it does",
    "words": ["mine"],
    "source": "where these numbers come from",
    "minutes": {"min": 10, "start": 10, "max": 20},
    "pressure_mmhg": {"min": 30, "start": 30, "max": 50},
}
_HEAD_ASLEEP: dict[str, Any] = {"sign_of_life_minutes": 15}
_BLOCK: dict[str, Any] = {
    "pattern": PATTERNS[0],
    "zones": list(ZONES),
    "hold_s": 4,
    "release_s": 4,
    "rest_s": 2,
    "cycle_s": {"min": 20, "start": 50, "max": 60},
}
# Keys that only some programs need.
_BLOCK_ASLEEP: dict[str, Any] = {
    "legs": LEG_MODES[0],
    "ramp_s": 2,
    "boost_mmhg": {ZONES[0]: 5},
    "share_percent": 100,
    "step_mmhg": 5,
    "zone_step_mmhg": 5,
    "pulses": 3,
    "pulse_ms": 1000,
    "relax_percent": 50,
}


def program_text(program_id: str) -> str:
    """Raises a `SettingError` for an id that the check refuses."""
    head = {**_HEAD, "id": program_id}
    read_program({**head, "blocks": [_BLOCK]})
    lines = [
        f"# `soleus program check {program_id}.toml` checks it, `soleus sim {program_id}.toml` plays it.",
        "# A number may be a range with a start, such as { min = 10, start = 15, max = 20 }.",
        "",
        *(line(key, value, _expected(key)) for key, value in head.items()),
        *(line(key, value, _expected(key), is_asleep=True) for key, value in _HEAD_ASLEEP.items()),
        "",
        "[[blocks]]  # one pattern; further blocks follow it, and their shares add up to 100",
        *(line(key, value, _expected_in_block(key)) for key, value in _BLOCK.items()),
        *(line(key, value, _expected_in_block(key), is_asleep=True) for key, value in _BLOCK_ASLEEP.items()),
    ]
    return "\n".join(lines) + "\n"


def _expected(key: str) -> str:
    return _refusal({**copy.deepcopy(_HEAD), "id": "x", "blocks": [_BLOCK], key: WRONG})


def _expected_in_block(key: str) -> str:
    wrong: Any = {ZONES[0]: WRONG} if key == "boost_mmhg" else WRONG
    return _refusal({**copy.deepcopy(_HEAD), "id": "x", "blocks": [{**_BLOCK, key: wrong}]})


def _refusal(table: dict[str, Any]) -> str:
    try:
        read_program(table)
    except SettingError as error:
        return error.expected
    return ""
