"""Shortens the names of what only the core's objects hold, and of their classes, to their first letters.

A board's recorder packs the core's state in the order of its names, and a laptop, which has the whole names,
unpacks it. So the short names keep that order: each is the shortest beginning of a name that sorts behind the
one before it. A name becomes the same letters in all files of the core, an argument's, too. Names that
anything else uses stay.
"""

import ast
import builtins
import keyword
from collections.abc import Iterable, Iterator, Mapping

from host_tools.flash.compile.privates import is_private
from host_tools.flash.compile.short_methods import LANGUAGE

_RESERVED = {*LANGUAGE, *dir(builtins), *keyword.kwlist, *keyword.softkwlist, "const"}


def with_short_attributes(core: Mapping[str, str], outside: Iterable[str]) -> dict[str, str]:
    trees = {module: ast.parse(text) for module, text in core.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    kept = set(_RESERVED)
    for text in outside:
        kept.update(name for node in ast.walk(ast.parse(text)) for name in _names_in(node))
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
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
    held = {
        node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    used = kept | classes | {name for node in nodes for name in _names_in(node)}
    new_names = shortened(held | classes, kept, used)
    return {module: _renamed(core[module], trees[module], new_names) for module in core}


def shortened(held: set[str], kept: set[str], used: set[str]) -> dict[str, str]:
    """New names for those of `held` that aren't `kept`. Together with those that are, they sort as before."""
    new_names: dict[str, str] = {}
    before = ""
    for name in sorted(held):
        if name not in kept and not is_private(name):
            beginnings = (name[:length] for length in range(1, len(name)))
            free = (short for short in beginnings if short > before and short not in used)
            new_names[name] = next(free, name)
        before = new_names.get(name, name)
    return new_names


def _renamed(text: str, tree: ast.Module, new_names: Mapping[str, str]) -> str:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    places = {place for node in ast.walk(tree) for place in _places(node)}
    for line, column, name in sorted(places, reverse=True):
        if name in new_names:
            before, after = lines[line - 1][:column], lines[line - 1][column + len(name.encode()) :]
            lines[line - 1] = before + new_names[name].encode() + after
    return b"".join(lines).decode()


def _places(node: ast.AST) -> Iterator[tuple[int, int, str]]:
    match node:
        case ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(end)):
            yield line, end - len(name.encode()), name
        case ast.Name(id=name, lineno=line, col_offset=column):
            yield line, column, name
        case ast.arg(arg=name, lineno=line, col_offset=column):
            yield line, column, name
        case ast.keyword(arg=str(name), lineno=line, col_offset=column):
            yield line, column, name
        case ast.alias(name=name, lineno=line, col_offset=column):
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
