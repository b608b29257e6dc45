"""Shortens the names of functions that only the core calls, 14 bytes on average, to two letters.

The same name becomes the same letters in all files of the core. Names that anything else uses stay, and so do
those that are also an attribute, an argument or a method of the language.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from string import ascii_lowercase, digits

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
    short = ("".join(pair) for pair in product(ascii_lowercase, digits))
    names = [name for name in dict.fromkeys(functions) if name not in kept and len(name) > 2]
    new_names = dict(zip(names, short, strict=False))
    return {module: _renamed(core[module], tree, new_names) for module, tree in trees.items()}


def _renamed(text: str, tree: ast.Module, new_names: Mapping[str, str]) -> str:
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    places = sorted({place for node in ast.walk(tree) for place in _places(node)}, reverse=True)
    for line, column, name in places:
        if name in new_names:
            before, after = lines[line - 1][:column], lines[line - 1][column + len(name.encode()) :]
            lines[line - 1] = before + new_names[name].encode() + after
    return b"".join(lines).decode()


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
