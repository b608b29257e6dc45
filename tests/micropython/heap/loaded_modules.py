"""Which modules of the firmware are loaded for a moment, and which of them at the same time."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.micropython.interpreters.run import FIRMWARE_PACKAGE

# The front is told by name which of these to load.
KINDS = ("core.sealed_fill", "core.alone_fill")
# Only a board with a display loads these.
FOR_A_DISPLAY = {"panel.battery", "panel.choose", "panel.pages", "panel.screens"}


def chains(has_display: bool = True, is_alone: bool = False) -> list[list[str]]:
    """The modules that can be in memory together: a loaded one, the one that it loads, and so on to the last.

    Each chain begins with a `load(name)` in a module that stays. A link of the chain can be several modules:
    those that a loaded module imports in its functions and that one function unloads together.
    """
    left_out = {KINDS[not is_alone]} | (set() if has_display else FOR_A_DISPLAY)
    return [chain for chain in _all_chains() if not left_out.intersection(chain)]


def _all_chains() -> list[list[str]]:
    files = {_name_of(file): file for file in FIRMWARE_PACKAGE.rglob("*.py")}
    loaders = {name: [[loaded] for loaded in sorted(set(_loads(file)))] for name, file in files.items()}
    unloaded_together = _unloaded_together()
    all_loaded = {loaded for found in loaders.values() for (loaded,) in found}
    begins = {loaded for name, found in loaders.items() if name not in all_loaded for (loaded,) in found}
    for name in all_loaded:
        late = set(_imports_late(files[name]))
        loaders[name] += [sorted(late & together) for together in unloaded_together if late & together]
    begins |= {*KINDS}
    return [chain for begin in sorted(begins) for chain in _onwards([begin], [begin], loaders)]


def unloaded() -> list[str]:
    """The modules that are imported, not loaded, and that some function unloads by `unload(name)`."""
    return sorted(set().union(*_unloaded_together()))


def _unloaded_together() -> list[set[str]]:
    """For each function that unloads anything: the modules that it unloads."""
    trees = [_tree_of(file) for file in sorted(FIRMWARE_PACKAGE.rglob("*.py"))]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [together for function in functions if (together := set(_named_in("unload", function)))]


def _onwards(chain: list[str], last: list[str], loaders: dict[str, list[list[str]]]) -> Iterator[list[str]]:
    onwards = [loaded for loader in last for loaded in loaders[loader]]
    if not onwards:
        yield chain
    for loaded in onwards:
        yield from _onwards([*chain, *loaded], loaded, loaders)


def _name_of(file: Path) -> str:
    """As `load` takes it."""
    return ".".join(file.relative_to(FIRMWARE_PACKAGE).with_suffix("").parts)


def _loads(file: Path) -> Iterator[str]:
    yield from _named_in("load", _tree_of(file))


def _named_in(function: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def _imports_late(file: Path) -> Iterator[str]:
    """The firmware's modules that are imported inside a function of this file."""
    for function in ast.walk(_tree_of(file)):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("soleus."):
                yield str(node.module).removeprefix("soleus.")


@cache
def _tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
