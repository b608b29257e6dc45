"""Shortens the names of what only the core's objects hold, and of their classes, to their first letters.

A board's recorder packs the core's state in the order of its names, object by object, and a laptop, which has
the whole names, unpacks it. So within each class the short names keep that order: each is the beginning of a
name, sorts behind the one before it, and not behind the whole name. Names of different classes share one
where they can: a chip keeps each name that it has met, and doubles its table of them beyond 1260. Names that
anything else uses stay.
"""

import ast
import builtins
import keyword
from collections.abc import Iterable, Iterator, Mapping

from host_tools.flash.compile.shorten.arguments import renamed_to
from host_tools.flash.compile.shorten.mates import mates
from host_tools.flash.compile.shorten.privates import is_private
from host_tools.flash.compile.shorten.short_methods import LANGUAGE
from host_tools.flash.compile.shorten.text_changes import changed

_RESERVED = {*LANGUAGE, *dir(builtins), *keyword.kwlist, *keyword.softkwlist, "const"}


def with_short_attributes(core: Mapping[str, str], outside: Iterable[str]) -> dict[str, str]:
    trees = {module: ast.parse(text) for module, text in core.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    kept = _kept(nodes, classes, outside)
    used = kept | classes | {name for node in nodes for name in _names_in(node)}
    held = {name for node in nodes for name in _held_by(node)}
    new_names = shortened(held | classes, kept, used, beside(trees.values()))
    # An argument of an attribute's name would be one more name: it gets one of the short ones.
    by_name = {node.arg for node in nodes if isinstance(node, ast.keyword)}
    of_arguments = {name for name in held if new_names.get(name, name) != name} - classes - by_name
    short = sorted({new_names[name] for name in of_arguments}, key=lambda name: (len(name), name))
    texts = {}
    for module, tree in trees.items():
        places = {place for node in ast.walk(tree) for place in _places(node, classes)}
        changes = {(*place, new_names[place[2]]) for place in places if place[2] in new_names}
        for node, new_name in renamed_to(short, tree, of_arguments.__contains__):
            name = node.arg if isinstance(node, ast.arg) else node.id
            changes.add((node.lineno, node.col_offset, name, new_name))
        texts[module] = changed(core[module], changes)
    return texts


def _kept(nodes: Iterable[ast.AST], classes: set[str], outside: Iterable[str]) -> set[str]:
    """Names that something else has, too: the language, a file outside of the core, a function, a text."""
    kept = set(_RESERVED)
    for text in outside:
        kept.update(name for node in ast.walk(ast.parse(text)) for name in _names_in(node))
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                kept.update(text.split())
            case ast.FunctionDef(name=name):
                kept.add(name)
            case ast.alias(name=name) if name not in classes:
                kept.add(name)
            case ast.ImportFrom(module=str(name)):
                kept.update(name.split("."))
    return kept


def shortened(
    held: set[str], kept: set[str], used: set[str], beside: Mapping[str, set[str]]
) -> dict[str, str]:
    """New names for those of `held` that aren't `kept`. Those that stand beside each other in an object sort
    as before; a name of which nothing is known stands beside all others."""
    new_names: dict[str, str] = {}
    shared: set[str] = set()
    for name in sorted(held):
        if name in kept or is_private(name):
            continue
        others = beside.get(name, held)
        least = max((new_names.get(other, other) for other in others if other < name), default="")
        known = [short for short in shared if least < short < name and name in beside]
        new_names[name] = min(known) if known else _beginning(name, least, used | set(new_names.values()))
        if name in beside and new_names[name] != name:
            shared.add(new_names[name])
    return new_names


def _beginning(name: str, least: str, taken: set[str]) -> str:
    beginnings = (name[:length] for length in range(1, len(name)))
    return next((short for short in beginnings if short > least and short not in taken), name)


def beside(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """For each name that an object holds, the names that an object of the same class may hold, too."""
    return mates(trees, _held_by_self)


def _held_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr


def _held_by_self(node: ast.ClassDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
            yield from _held_by(part)


def _places(node: ast.AST, classes: set[str]) -> Iterator[tuple[int, int, str]]:
    """Where the name of an attribute or of a class stands."""
    match node:
        case ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(end)):
            yield line, end - len(name.encode()), name
        case ast.Name(id=name, lineno=line, col_offset=column) if name in classes:
            yield line, column, name
        case ast.alias(name=name, lineno=line, col_offset=column) if name in classes:
            yield line, column, name
        case ast.ClassDef(name=name, lineno=line, col_offset=column):
            yield line, column + len("class "), name


def _names_in(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.arg(arg=name):
            yield name
        case ast.keyword(arg=str(name)):
            yield name
        case ast.Constant(value=str(text)):
            yield from text.split()
