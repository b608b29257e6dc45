"""Removes names that a chip can do without before the firmware is compiled: they cost heap.

A whole-number constant has an entry in its own module and one in every module that imports it. Each use is
replaced by the number, as `const()` does within one file, and the constant is removed. Imports for
annotations, which MicroPython never looks at, are removed, too; so are functions of third-party packages that
the firmware doesn't use. Names of arguments and of the core's private functions become letters. Lines stay
where they were, so that a comparison shows what was removed.
"""

import ast
import contextlib
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from host_tools.flash.compile.shorten.arguments import names_needed, renamed
from host_tools.flash.compile.shorten.privates import renamed_privates
from host_tools.flash.compile.sources import modules, source_of, sources

OURS = "soleus"
CORE = "soleus.core"
# These start the firmware; others import only functions from them.
ENTRIES = ("boot", "main")
_NAME = re.compile(r"_?[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replaces the source from one place to another; a place is a line (from 1) and a byte in it."""

    begin: tuple[int, int]
    end: tuple[int, int]
    text: str


def without_names(source: str, name_on_board: str, keeps_privates: bool = False) -> str:
    """The same program with fewer names; it does the same on every interpreter."""
    tree = ast.parse(source)
    module = _Module(name_on_board, tree)
    edits = list(module.edits())
    if module.is_ours:
        edits += [_rename(place, letter) for place, letter in renamed(tree, _needed())]
        if module.name.startswith(CORE + ".") and not keeps_privates:
            edits += [_rename_at(*renaming) for renaming in renamed_privates(tree)]
    elif not module.is_entry:
        edits += [_instead(node, "") for node in _unused(tree)]
    if _positions_are_off(tree):
        return source
    return _edited(source, edits)


@cache
def numbers_of(module: str) -> dict[str, int]:
    """A module's whole-number constants. The core is imported for them; a laptop can't import a driver."""
    if not module.startswith(CORE + "."):
        return _numbers_in(ast.parse(source_of(module)))
    return {
        name: value
        for name, value in vars(importlib.import_module(module)).items()
        if type(value) is int and _NAME.fullmatch(name)
    }


def _numbers_in(tree: ast.Module) -> dict[str, int]:
    """The constants that are made of numbers and each other, with `const()` or without."""
    known: dict[str, Any] = {"__builtins__": {}, "const": int}
    numbers = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)], value=value) if _NAME.fullmatch(name):
                with contextlib.suppress(NameError, TypeError):
                    found = eval(ast.unparse(value), known)
                    if type(found) is int:
                        numbers[name] = known[name] = found
    return numbers


def core_numbers() -> list[tuple[str, dict[str, int]]]:
    """All of the core's whole-number constants, as this process has imported them."""
    return [(module, numbers_of(module)) for module in sorted(_modules()) if module.startswith(CORE + ".")]


@cache
def _modules() -> frozenset[str]:
    return frozenset(module for module in modules() if not module.endswith(".__init__"))


class _Module:
    def __init__(self, name_on_board: str, tree: ast.Module) -> None:
        self.tree = tree
        self.name = ".".join(PurePosixPath(name_on_board).with_suffix("").parts)
        self.is_ours = self.name in _modules()
        self.is_entry = self.name in ENTRIES
        own = numbers_of(self.name) if self.is_ours else {}
        if not self.is_ours and not self.is_entry:
            # A third-party module: constants that the firmware uses stay.
            own = {name: value for name, value in _numbers_in(tree).items() if name not in _needed()}
        self.values = dict(own)
        self.modules: dict[str, str] = {}
        self.read_names = _names_read(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                self._learn(node)

    def edits(self) -> Iterator[_Edit]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                yield from self._import(node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self.values:
                yield _instead(node, str(self.values[node.id]))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield from self._attribute(node, node.value.id)
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and self._is_only_a_name(statement):
                # Remove the whole statement: the edits within it fall away.
                yield _instead(statement, "")

    def _learn(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if f"{self._origin(node)}.{alias.name}" in _modules():
                self.modules[alias.asname or alias.name] = f"{self._origin(node)}.{alias.name}"
            elif self._is_number(node, alias):
                self.values[alias.asname or alias.name] = numbers_of(self._origin(node))[alias.name]

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        above = self.name.split(".")[: -node.level]
        return ".".join([*above, node.module] if node.module else above)

    def _is_number(self, node: ast.ImportFrom, alias: ast.alias) -> bool:
        origin = self._origin(node)
        return origin in _modules() and alias.name in numbers_of(origin)

    def _is_needless(self, node: ast.ImportFrom, alias: ast.alias) -> bool:
        is_ours = self._origin(node).partition(".")[0] == OURS
        return self._is_number(node, alias) or (
            is_ours and (alias.asname or alias.name) not in self.read_names
        )

    def _import(self, node: ast.ImportFrom) -> Iterator[_Edit]:
        kept = [alias for alias in node.names if not self._is_needless(node, alias)]
        if len(kept) == len(node.names):
            return
        if not kept:
            yield _instead(node, "pass")
            return
        names = ", ".join(f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in kept)
        yield _instead(node, f"from {'.' * node.level}{node.module or ''} import {names}")

    def _attribute(self, node: ast.Attribute, owner: str) -> Iterator[_Edit]:
        if owner in self.modules and node.attr in numbers_of(self.modules[owner]):
            yield _instead(node, str(numbers_of(self.modules[owner])[node.attr]))

    def _is_only_a_name(self, statement: ast.Assign) -> bool:
        (target,) = statement.targets
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        return all(isinstance(name, ast.Name) and name.id in self.values for name in names)


@cache
def _needed() -> frozenset[str]:
    return frozenset(names_needed(sources().values()))


def _unused(tree: ast.Module) -> Iterator[ast.stmt]:
    """Code that neither the package nor the firmware names, such as a driver's half for another bus."""
    read = set(_needed())
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            read.add(node.id if isinstance(node, ast.Name) else node.attr)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name not in read:
            yield statement
        elif isinstance(statement, ast.ClassDef):
            # At least one statement of a class must stay.
            for method in statement.body[1:]:
                if isinstance(method, ast.FunctionDef) and not (method.name in read or method.name[0] == "_"):
                    yield method


def _names_read(tree: ast.Module) -> set[str]:
    """All names that are looked up at run time; those in annotations aren't."""
    annotations: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            annotations.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            annotations.append(node.annotation)
    unread = {id(part) for annotation in annotations if annotation for part in ast.walk(annotation)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in unread}


def _positions_are_off(tree: ast.Module) -> bool:
    """Before Python 3.12 the parts of an f-string have wrong positions."""
    return any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree))


def _instead(node: ast.expr | ast.stmt, text: str) -> _Edit:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    # A negative number needs brackets to be an operand.
    text = f"({text})" if text.startswith("-") else text
    return _Edit((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset), text)


def _rename(place: ast.arg | ast.Name, name: str) -> _Edit:
    """Replace only the name; the node of an argument includes its annotation."""
    old = place.arg if isinstance(place, ast.arg) else place.id
    return _rename_at(place.lineno, place.col_offset, old, name)


def _rename_at(line: int, column: int, old: str, new: str) -> _Edit:
    return _Edit((line, column), (line, column + len(old.encode())), new)


def _edited(source: str, edits: list[_Edit]) -> str:
    """Edit from the end, so that no edit moves another's place; edits inside a larger one fall away."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    outer = [edit for edit in edits if not any(_is_inside(edit, other) for other in edits)]
    for edit in sorted(outer, key=lambda edit: edit.begin, reverse=True):
        (first, left), (last, right) = edit.begin, edit.end
        # Keep the number of lines: a statement that shrinks to one line is followed by empty ones.
        rest = lines[last - 1][right:]
        if first == last:
            lines[first - 1] = lines[first - 1][:left] + edit.text.encode() + rest
        else:
            lines[first - 1] = lines[first - 1][:left] + edit.text.encode() + rest
            lines[first:last] = [b"\n"] * (last - first)
    return b"".join(lines).decode()


def _is_inside(edit: _Edit, other: _Edit) -> bool:
    return edit != other and other.begin <= edit.begin and edit.end <= other.end
