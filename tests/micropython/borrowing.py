"""Which modules of the firmware are needed now and then, and which of them at the same time."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.micropython.interpreters import FIRMWARE_PACKAGE

Borrowed = tuple[str, str]


def chains() -> list[list[Borrowed]]:
    """From each `borrow(name, folder)` in what stays, along what that borrows in its turn, to the last.

    What a borrowed module imports in its functions is there with it, and so is all that is let go of at the
    same place.
    """
    files = {_borrowed(file): file for file in FIRMWARE_PACKAGE.rglob("*.py")}
    lenders = {
        lender: [[borrowed] for borrowed in sorted(set(_borrows(file)))] for lender, file in files.items()
    }
    lent = {borrowed for borrows in lenders.values() for (borrowed,) in borrows}
    begins = {borrows[0] for lender, found in lenders.items() if lender not in lent for borrows in found}
    for lender in lent:
        late = set(_imports_late(files[lender]))
        lenders[lender] += [sorted(late & together) for together in _let_go_together() if late & together]
    return [chain for begin in sorted(begins) for chain in _onwards([begin], [begin], lenders)]


def let_go() -> list[Borrowed]:
    """What others import, and somebody lets go of by `let_go(name, folder)`."""
    return sorted(set().union(*_let_go_together()))


def _let_go_together() -> list[set[Borrowed]]:
    """Of each function that lets go of anything."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(FIRMWARE_PACKAGE.rglob("*.py"))]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [together for function in functions if (together := set(_named_in("let_go", function)))]


def _onwards(
    chain: list[Borrowed], last: list[Borrowed], lenders: dict[Borrowed, list[list[Borrowed]]]
) -> Iterator[list[Borrowed]]:
    onwards = [borrows for lender in last for borrows in lenders[lender]]
    if not onwards:
        yield chain
    for borrows in onwards:
        yield from _onwards([*chain, *borrows], borrows, lenders)


def _borrowed(file: Path) -> Borrowed:
    return (file.stem, file.parent.name)


def _borrows(file: Path) -> Iterator[Borrowed]:
    yield from _named_in("borrow", ast.parse(file.read_text(encoding="utf-8")))


def _named_in(function: str, tree: ast.AST) -> Iterator[Borrowed]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            names = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if names:
                yield (names[0], names[1] if len(names) > 1 else "services")


def _imports_late(file: Path) -> Iterator[Borrowed]:
    """What one of its functions imports."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
                yield (node.module, file.parent.name)
