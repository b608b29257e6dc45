"""Shortens the names of the core's private functions: each takes 20 bytes of a chip's heap.

Each becomes a letter. An error in one of them can be replayed on the laptop, where the function has its name.
"""

import ast
from collections.abc import Iterator
from itertools import product
from string import ascii_letters

from host_tools.flash.compile.shorten.text_changes import Change, changed


def renamed_privates(tree: ast.Module) -> Iterator[Change]:
    nodes = list(ast.walk(tree))
    taken = {name for node in nodes for name in _names(node)}
    pairs = ("".join(pair) for pair in product(ascii_letters, repeat=2))
    letters = (f"_{short}" for short in (*ascii_letters, *pairs) if f"_{short}" not in taken)
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and is_private(node.name)]
    new_names = dict(zip(dict.fromkeys(functions), letters, strict=False))
    for node in nodes:
        for name in _names(node):
            if name in new_names:
                yield (*_place(node, name), name, new_names[name])


def with_short_privates(source: str) -> str:
    return changed(source, renamed_privates(ast.parse(source)))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.Name(id=name) | ast.Attribute(attr=name):
            yield name


def _place(node: ast.AST, name: str) -> tuple[int, int]:
    match node:
        case ast.FunctionDef():
            return node.lineno, node.col_offset + len("def ")
        case ast.Attribute(end_lineno=int(line), end_col_offset=int(column)):
            return line, column - len(name.encode())
        case ast.Name():
            return node.lineno, node.col_offset
    raise TypeError(node)
