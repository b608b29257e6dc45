"""Finds every integer that the objects of a core hold, in an order that both ends of a log agree on."""

import binascii

from soleus.basics.annotations import Any

# Board and program determine the first two, and each tick brings the third.
_NOT_STATE = ("boots", "timeline", "readings")
# Guards are given the parts that they watch. They come last, so that those parts are named by their owners.
_LAST = "guards"


def walk(owner: Any, path: str = "", seen: Any = None) -> Any:
    """(path, owner, name, value) of every integer and every list of integers, in the order of their names.

    Several objects may hold the same part: an object claims its parts before any of them is walked. Claimed
    parts are remembered by their ids, because a search through a list of them would take a chip a second.
    """
    seen = {id(owner)} if seen is None else seen
    part_names = []
    for name in sorted(owner.__dict__):
        value = getattr(owner, name)
        if name in _NOT_STATE or id(value) in seen:
            continue
        if isinstance(value, (int, bool)):
            yield path + name, owner, name, value
        elif isinstance(value, list):
            if value and all(isinstance(number, (int, bool)) for number in value):
                seen.add(id(value))
                yield path + name, owner, name, value
        elif hasattr(value, "__dict__"):
            seen.add(id(value))
            part_names.append(name)
    if _LAST in part_names:
        part_names.remove(_LAST)
        part_names.append(_LAST)
    for name in part_names:
        for found in walk(getattr(owner, name), path + name + ".", seen):
            yield found


class Found:
    def __init__(self, controller: Any) -> None:
        self.owners = []
        # Of each owner, the names of its integers.
        self.names = []
        self.lists = []
        for _, owner, name, value in walk(controller):
            if isinstance(value, list):
                self.lists.append(value)
                continue
            if not self.owners or self.owners[-1] is not owner:
                self.owners.append(owner)
                self.names.append([])
            self.names[-1].append(name)


def fingerprint(controller: Any) -> int:
    """Tells whether two cores have the same state, number by number."""
    crc = 0
    for path, _, _, value in walk(controller):
        size = len(value) if isinstance(value, list) else 0
        crc = binascii.crc32("{} {}\n".format(path, size).encode(), crc)
    return crc
