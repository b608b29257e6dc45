"""Shortens the names of functions that only the core calls, 14 bytes on average, to two letters.

The same name becomes the same letters in all files of the core. Methods that no object has both of share
theirs, because a chip keeps each name that it has met. Names that anything else uses stay, and so do those
that are also an attribute, an argument or a method of the language.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from string import ascii_lowercase, digits

from host_tools.flash.compile.shorten.mates import mates
from host_tools.flash.compile.shorten.text_changes import changed

LANGUAGE = {name for kind in (list, dict, str, int, tuple, bytes, object) for name in dir(kind)}


def with_short_methods(core: Mapping[str, str], outside: Iterable[str]) -> dict[str, str]:
    trees = {module: ast.parse(text) for module, text in core.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    kept = {*LANGUAGE, *dir(builtins)} | {name for text in outside for name in _all_names(ast.parse(text))}
    for node in nodes:
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                kept.add(name)
            case ast.Constant(value=str(text)):
                kept.update(text.split())
    names = [name for name in dict.fromkeys(functions) if name not in kept and len(name) > 2]
    # A name that is no method's alone is known in whole modules.
    methods = mates(trees.values(), _methods_of)
    for function in _functions_outside_classes(trees.values()):
        methods.pop(function, None)
    new_names = lettered(names, methods)
    return {module: _renamed(core[module], tree, new_names) for module, tree in trees.items()}


def lettered(names: Iterable[str], methods: Mapping[str, set[str]]) -> dict[str, str]:
    """`methods`: those that may share, each with all that an object of its class has."""
    new_names: dict[str, str] = {}
    for name in names:
        others = methods.get(name)
        taken = {
            new for old, new in new_names.items() if others is None or old in others or old not in methods
        }
        short = ("".join(pair) for pair in product(ascii_lowercase, digits))
        new_names[name] = next((letters for letters in short if letters not in taken), name)
    return new_names


def _methods_of(node: ast.ClassDef) -> Iterator[str]:
    yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))


def _functions_outside_classes(trees: Iterable[ast.Module]) -> set[str]:
    nodes = [node for tree in trees for node in ast.walk(tree)]
    inside = {id(part) for node in nodes if isinstance(node, ast.ClassDef) for part in node.body}
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and id(node) not in inside}


def _renamed(text: str, tree: ast.Module, new_names: Mapping[str, str]) -> str:
    places = (place for node in ast.walk(tree) for place in _places(node))
    return changed(text, ((*place, new_names[place[2]]) for place in places if place[2] in new_names))


def _places(node: ast.AST) -> Iterator[tuple[int, int, str]]:
    match node:
        case ast.FunctionDef(name=name):
            yield node.lineno, node.col_offset + len("def "), name
        case ast.Attribute(attr=name, end_lineno=int(line), end_col_offset=int(end)):
            yield line, end - len(name.encode()), name
        case ast.Name(id=name):
            yield node.lineno, node.col_offset, name
        case ast.alias(name=name):
            yield node.lineno, node.col_offset, name


def _all_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.arg(arg=name):
                yield name
            case ast.Constant(value=str(text)):
                yield text
