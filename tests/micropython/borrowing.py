"""Which modules of the firmware are needed now and then, and which of them at the same time."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.micropython.interpreters import FIRMWARE_PACKAGE

Borrowed = tuple[str, str]


def chains() -> list[list[Borrowed]]:
    """From each `borrow(name, folder)` in what stays, along what that borrows in its turn, to the last.

    What a borrowed module imports in a function, and somebody lets go of, is borrowed, too.
    """
    files = {_borrowed(file): file for file in FIRMWARE_PACKAGE.rglob("*.py")}
    lenders = {lender: set(_borrows(file)) for lender, file in files.items()}
    lent = set().union(*lenders.values())
    for lender in lent:
        lenders[lender] |= set(let_go()) & set(_imports_late(files[lender]))
    begins = set().union(*(borrows for lender, borrows in lenders.items() if lender not in lent))
    return [chain for begin in sorted(begins) for chain in _onwards([begin], lenders)]


def let_go() -> list[Borrowed]:
    """What others import, and somebody lets go of by `let_go(name, folder)`."""
    return sorted({one for file in FIRMWARE_PACKAGE.rglob("*.py") for one in _named_in("let_go", file)})


def _onwards(chain: list[Borrowed], lenders: dict[Borrowed, set[Borrowed]]) -> Iterator[list[Borrowed]]:
    borrows = lenders[chain[-1]]
    if not borrows:
        yield chain
    for borrowed in sorted(borrows):
        yield from _onwards([*chain, borrowed], lenders)


def _borrowed(file: Path) -> Borrowed:
    return (file.stem, file.parent.name)


def _borrows(file: Path) -> Iterator[Borrowed]:
    yield from _named_in("borrow", file)


def _named_in(function: str, file: Path) -> Iterator[Borrowed]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
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
