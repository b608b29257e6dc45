"""Shortens the names that only files outside of the core know: of what their objects hold, of their classes
and of their constants. So do the functions of modules that are loaded for a moment.

A chip keeps every name that it has ever met, and doubles its table of them, 10 KB at once, beyond 1260. So
these get two letters that the core's functions have already, and names that never stand in the same module or
object share theirs. Functions that stay loaded keep their names: a traceback shows them, and no replay can
show them again. Names that anything else uses stay, too, those of files, and those that stand in a text.
"""

import ast
import builtins
import io
import json
import os
import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from itertools import product
from string import ascii_lowercase, digits

from host_tools.flash.compile.shorten.mates import mates
from host_tools.flash.compile.shorten.privates import is_private
from host_tools.flash.compile.shorten.short_methods import LANGUAGE
from host_tools.flash.compile.shorten.text_changes import changed

# What MicroPython's modules, a chip's peripherals and a display's driver call theirs.
FOREIGN = "buffer config enable height interrupt pages poll pwm stdin stdout timer width"


def with_short_names(
    group: Mapping[str, str], for_a_moment: Container[str], outside: Iterable[str]
) -> dict[str, str]:
    trees = {module: ast.parse(text) for module, text in group.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    kept = {*LANGUAGE, *dir(builtins), *dir(io.RawIOBase), *dir(os), *dir(json), "const", *FOREIGN.split()}
    for text in outside:
        kept.update(name for node in ast.walk(ast.parse(text)) for name in _names_in(node))
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                kept.update(_words_in(text))
            case ast.ImportFrom(module=str(name)):
                kept.update(name.split("."))
    for module, tree in trees.items():
        if module not in for_a_moment:
            kept.update(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    own = {name for node in nodes for name in _made_by(node)}
    own |= {name for tree in trees.values() for name in _constants_of(tree)}
    names = [name for name in sorted(own - kept) if len(name) > 2 and not is_private(name)]
    new_names = lettered(names, beside(trees.values()))
    return {module: _renamed(group[module], tree, new_names) for module, tree in trees.items()}


def lettered(names: Iterable[str], beside: Mapping[str, set[str]]) -> dict[str, str]:
    new_names: dict[str, str] = {}
    for name in names:
        taken = {new_names.get(other, other) for other in beside[name]}
        pairs = ("".join(pair) for pair in product(ascii_lowercase, digits))
        new_names[name] = next((pair for pair in pairs if pair not in taken), name)
    return new_names


def beside(trees: Collection[ast.Module]) -> dict[str, set[str]]:
    """For each name, all that stand beside it in a module or in an object. What may be in any object, because
    no class says that it holds it, stands beside everything."""
    in_modules = [set(_free_names_of(tree)) for tree in trees]
    found = mates(trees, _held_by)
    for names in in_modules:
        for name in names:
            found.setdefault(name, set()).update(names)
    everything = {name for tree in trees for node in ast.walk(tree) for name in _names_in(node)}
    anywhere = {*(everything - found.keys()), *_of_half_known_classes(trees)}
    return {name: everything if name in anywhere else found[name] | anywhere for name in everything}


def _held_by(node: ast.ClassDef) -> Iterator[str]:
    """What an object of the class has."""
    for part in ast.walk(node):
        match part:
            case ast.FunctionDef(name=name):
                yield name
            case ast.Attribute(value=ast.Name("self"), attr=name, ctx=ast.Store()):
                yield name
            case ast.Assign(targets=[ast.Name(name)]):
                yield name


def _of_half_known_classes(trees: Iterable[ast.Module]) -> Iterator[str]:
    """What objects hold that have more by a class of the core."""
    classes = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in classes.values():
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if bases - classes.keys() - set(dir(builtins)):
            yield from _held_by(node)


def _free_names_of(tree: ast.Module) -> Iterator[str]:
    """What is looked up in the module itself or in a function."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Constant):
            yield from _names_in(node)


def _made_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Attribute(attr=name, ctx=ast.Store()):
            yield name


def _constants_of(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)]):
                yield name


def _renamed(text: str, tree: ast.Module, new_names: Mapping[str, str]) -> str:
    places = (place for node in ast.walk(tree) for place in _places(node))
    return changed(text, ((*place, new_names[place[2]]) for place in places if place[2] in new_names))


def _places(node: ast.AST) -> Iterator[tuple[int, int, str]]:
    match node:
        case ast.FunctionDef(name=name, lineno=line, col_offset=column):
            yield line, column + len("def "), name
        case ast.ClassDef(name=name, lineno=line, col_offset=column):
            yield line, column + len("class "), name
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


def _names_in(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.arg(arg=name):
            yield name
        case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Constant(value=str(text)):
            yield from _words_in(text)


def _words_in(text: str) -> list[str]:
    return re.findall(r"\w+", text)
