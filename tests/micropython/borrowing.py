"""Which modules of the firmware are needed now and then, and which of them at the same time."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.micropython.interpreters import FIRMWARE_PACKAGE

Borrowed = tuple[str, str]


def chains() -> list[list[Borrowed]]:
    """From each `borrow(name, folder)` in what stays, along what that borrows in its turn, to the last."""
    lenders = {_borrowed(file): set(_borrows(file)) for file in FIRMWARE_PACKAGE.rglob("*.py")}
    lent = set().union(*lenders.values())
    begins = set().union(*(borrows for lender, borrows in lenders.items() if lender not in lent))
    return [chain for begin in sorted(begins) for chain in _onwards([begin], lenders)]


def _onwards(chain: list[Borrowed], lenders: dict[Borrowed, set[Borrowed]]) -> Iterator[list[Borrowed]]:
    borrows = lenders[chain[-1]]
    if not borrows:
        yield chain
    for borrowed in sorted(borrows):
        yield from _onwards([*chain, borrowed], lenders)


def _borrowed(file: Path) -> Borrowed:
    return (file.stem, file.parent.name)


def _borrows(file: Path) -> Iterator[Borrowed]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "borrow":
            name, *folder = [ast.literal_eval(argument) for argument in node.args]
            yield (name, folder[0] if folder else "services")
