"""Shortens arguments' names: a local variable's name costs a chip nothing, an argument's 20 bytes.

If no call in the firmware gives an argument by name, and nothing else has that name, it becomes a letter.
"""

import ast
from collections.abc import Callable, Container, Iterable, Iterator
from string import ascii_lowercase

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def renamed(tree: ast.Module, needed: Container[str]) -> Iterator[tuple[ast.arg | ast.Name, str]]:
    """Every place where an argument stands that isn't `needed` for another reason, and its letter."""
    return renamed_to(ascii_lowercase, tree, lambda name: name not in needed)


def renamed_to(
    short: Iterable[str], tree: ast.Module, is_free: Callable[[str], bool]
) -> Iterator[tuple[ast.arg | ast.Name, str]]:
    """Every place where an argument stands whose name is free to change, and the short name it gets."""
    for function in _outermost(tree):
        # Names in defaults and annotations are looked up outside of the function.
        nodes = [node for part in [function.args, *function.body] for node in ast.walk(part)]
        places = [node for node in nodes if isinstance(node, ast.Name | ast.arg)]
        taken = {_name(place) for place in places}
        letters = (letter for letter in short if letter not in taken)
        arguments = dict.fromkeys(place.arg for place in places if isinstance(place, ast.arg))
        new_names = dict(zip(filter(is_free, arguments), letters, strict=False))
        outside = {id(node) for part in _looked_up_outside(function) for node in ast.walk(part)}
        for place in places:
            if _name(place) in new_names and id(place) not in outside:
                yield place, new_names[_name(place)]


def _outermost(node: ast.AST) -> Iterator[_Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield child
        else:
            yield from _outermost(child)


def _looked_up_outside(function: _Function) -> Iterator[ast.expr]:
    arguments = function.args
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default)
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    yield from (argument.annotation for argument in every if argument and argument.annotation)


def _name(place: ast.arg | ast.Name) -> str:
    return place.arg if isinstance(place, ast.arg) else place.id


def names_needed(sources: Iterable[str]) -> set[str]:
    """Names that the chip keeps for another reason: attributes, keywords, functions, classes, globals."""
    needed = {"self"}
    for source in sources:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.ClassDef(name=name):
                    needed.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    needed.add(name)
                case ast.Global(names=names) | ast.Nonlocal(names=names):
                    needed.update(names)
                case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                    needed.update(alias.asname or alias.name for alias in aliases)
        for statement in tree.body:
            needed.update(
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(statement, ast.Assign | ast.AnnAssign | ast.For)
            )
    return needed
