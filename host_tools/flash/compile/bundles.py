"""Modules of the core that a board always loads together, each group as one file.

A module of its own costs a chip some 400 bytes, and its names count: MicroPython doubles its table of names,
10 KB at once, beyond 1260 of them. So the controller's file carries every module that the controller imports,
and the file of each kind of regulator carries the rest that this kind needs. Imports from a module that has
gone into a file are sent there. The core has no line numbers on a board, so a traceback loses nothing.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.paths import SOLEUS_PACKAGE, core_sources
from host_tools.flash.compile.mpy import compile_text, needs_no_file
from host_tools.flash.compile.names import without_names
from host_tools.flash.compile.privates import with_short_privates

RESIDENT = "soleus.core.controller"


def core_bytecode() -> dict[str, bytes]:
    """The core's files as a board gets them, by their names there."""
    files = {}
    for source in core_sources():
        module = _module_of(source)
        name = f"{_name_on_board(module)}.py"
        if module in bundles():
            files[name] = with_short_privates(merged(bundles()[module]))
        elif not needs_no_file(source) and not _is_carried(module):
            files[name] = redirected(without_names(source.read_text(encoding="utf-8"), name))
    return {f"{name[:-3]}.mpy": compile_text(text, name) for name, text in sorted(files.items())}


@cache
def bundles() -> dict[str, list[str]]:
    """The modules that each file carries, by its own module; what is imported comes first."""
    resident = _closure(RESIDENT, set())
    late = {module for carried in resident for module in _imports(carried, in_functions=True)}
    return {RESIDENT: resident, **{module: _closure(module, set(resident)) for module in sorted(late)}}


def merged(modules: list[str]) -> str:
    """One module with all that these have, without the imports from each other."""
    body: list[ast.stmt] = []
    defined: dict[str, str] = {}
    for module in modules:
        tree = _Inside(set(modules)).visit(ast.parse(redirected(_bare(module), set(modules))))
        for name in _defined(tree):
            if defined.setdefault(name, module) != module:
                raise InputError(module, name, None, f"a name that {defined[name]} doesn't have, in one file")
        body += tree.body
    return ast.unparse(ast.Module(body, []))


def redirected(source: str, apart_from: frozenset[str] | set[str] = frozenset()) -> str:
    """Imports from the modules that the controller's file carries come from there."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            text = _import_from_resident(node, set(apart_from))
            before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            # As many lines as before: where line numbers are kept, they stay right.
            lines[first : last + 1] = [before + text + after, *["\n"] * (last - first)]
    return "".join(lines)


def _import_from_resident(node: ast.ImportFrom, apart_from: set[str]) -> str:
    carried = set(bundles()[RESIDENT]) - {RESIDENT} - apart_from
    module = node.module or ""
    if module in carried:
        return f"from {RESIDENT} import {', '.join(map(ast.unparse, node.names))}"
    gone = [alias for alias in node.names if f"{module}.{alias.name}" in carried]
    if not gone:
        return ast.unparse(node)
    # The module itself was imported: its file stands for it, under the same name.
    room, _, leaf = RESIDENT.rpartition(".")
    imports = [f"from {room} import {leaf} as {alias.asname or alias.name}" for alias in gone]
    kept = [alias for alias in node.names if alias not in gone]
    imports += [f"from {module} import {', '.join(map(ast.unparse, kept))}"] if kept else []
    return "; ".join(imports)


class _Inside(ast.NodeTransformer):
    """Takes out of a module what only says where the others are: they are in the same file."""

    def __init__(self, modules: set[str]) -> None:
        self._modules = modules
        self._aliases: set[str] = set()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
        if node.module in self._modules and node.col_offset == 0:
            return None
        here = [alias for alias in node.names if f"{node.module}.{alias.name}" in self._modules]
        self._aliases |= {alias.asname or alias.name for alias in here}
        node.names = [alias for alias in node.names if alias not in here]
        return node if node.names else None

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id in self._aliases:
            return ast.Name(node.attr, node.ctx)
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        is_docstring = isinstance(node.value, ast.Constant)
        self.generic_visit(node)
        return None if is_docstring and node.col_offset == 0 else node


def _defined(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(name)]):
                yield name


def _closure(root: str, known: set[str]) -> list[str]:
    found: list[str] = []
    known.add(root)
    for module in _imports(root, in_functions=False):
        if module not in known:
            found += _closure(module, known)
    return [*found, root]


def _imports(module: str, in_functions: bool) -> list[str]:
    """The modules of the core that one needs on a board, from its beginning or for its functions."""
    found = []
    for node in ast.walk(ast.parse(_bare(module))):
        if isinstance(node, ast.ImportFrom) and (node.col_offset > 0) == in_functions:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name for name in (str(node.module), *names) if name in _core_modules()]
    return found


def _is_carried(module: str) -> bool:
    """No file of its own: it is in others, and nothing else asks for it."""
    return any(module in carried for carried in bundles().values())


@cache
def _core_modules() -> frozenset[str]:
    return frozenset(_module_of(source) for source in core_sources() if source.name != "__init__.py")


def _module_of(source: Path) -> str:
    return ".".join(source.relative_to(SOLEUS_PACKAGE.parent).with_suffix("").parts)


@cache
def _bare(module: str) -> str:
    """Without constants, and without imports for annotations: what a chip is asked to load."""
    name = f"{_name_on_board(module)}.py"
    return without_names(
        (SOLEUS_PACKAGE.parent / name).read_text(encoding="utf-8"), name, keeps_privates=True
    )


def _name_on_board(module: str) -> str:
    return module.replace(".", "/")
