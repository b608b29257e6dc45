"""Shortens the names that only modules know which are loaded for a moment: they are unloaded, but names stay.

A chip keeps every name that it has ever met, and doubles its table of them, 10 KB at once, beyond 1260. So
what these modules share among themselves gets two letters that the core's functions have already. Names that
anything else uses stay, those of files, and those that stand in a text.
"""

import ast
import builtins
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from string import ascii_lowercase, digits

from host_tools.flash.compile.shorten.privates import is_private
from host_tools.flash.compile.shorten.short_methods import LANGUAGE
from host_tools.flash.compile.shorten.text_changes import changed


def with_short_names(group: Mapping[str, str], outside: Iterable[str]) -> dict[str, str]:
    trees = {module: ast.parse(text) for module, text in group.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    kept = {*LANGUAGE, *dir(builtins), *dir(io.RawIOBase), *dir(os), *dir(json), "const"}
    for text in outside:
        kept.update(name for node in ast.walk(ast.parse(text)) for name in _names_in(node))
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                kept.update(text.split())
            case ast.ImportFrom(module=str(name)):
                kept.update(name.split("."))
    own = {name for node in nodes for name in _made_by(node)}
    own |= {name for tree in trees.values() for name in _constants_of(tree)}
    used = {name for node in nodes for name in _names_in(node)}
    short = (pair for pair in map("".join, product(ascii_lowercase, digits)) if pair not in used)
    names = [name for name in sorted(own - kept) if len(name) > 2 and not is_private(name)]
    new_names = dict(zip(names, short, strict=False))
    return {module: _renamed(group[module], tree, new_names) for module, tree in trees.items()}


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
            yield from text.split()
