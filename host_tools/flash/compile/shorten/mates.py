"""Which names can meet in one object: those of a class and its bases. All others may become one name."""

import ast
from collections.abc import Callable, Iterable, Mapping


def mates(
    trees: Iterable[ast.Module], names_of: Callable[[ast.ClassDef], Iterable[str]]
) -> dict[str, set[str]]:
    """For each of the names that classes have, all that an object of the same class may have, too."""
    own: dict[str, set[str]] = {}
    bases: dict[str, set[str]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ClassDef):
            own.setdefault(node.name, set()).update(names_of(node))
            of_class = {base.id for base in node.bases if isinstance(base, ast.Name)}
            bases.setdefault(node.name, set()).update(of_class)
    found: dict[str, set[str]] = {}
    for name in own:
        of_object = set().union(*(own[each] for each in _with_bases(name, bases) if each in own))
        for each in of_object:
            found.setdefault(each, set()).update(of_object)
    return found


def _with_bases(name: str, bases: Mapping[str, set[str]]) -> set[str]:
    found = {name}
    for base in bases.get(name, ()):
        found |= _with_bases(base, bases)
    return found
