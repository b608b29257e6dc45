"""Each constant of `host_tools` stands once: no name has the same value in two modules."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import host_tools

HOST_TOOLS = Path(host_tools.__path__[0])
# Each measurement chooses its own, and may choose anew: that two of them agree says nothing.
CHOSEN_BY_EACH = {"CYCLES", "DRAWS", "MINUTES", "PROGRAM"}
# It runs on MicroPython, with nothing of the laptop's side beside it.
ON_THE_CHIP = (HOST_TOOLS / "virtual" / "chip", HOST_TOOLS / "bench" / "chip" / "on_board")


def test_each_constant_stands_once() -> None:
    modules = [path for path in HOST_TOOLS.rglob("*.py") if not set(ON_THE_CHIP) & set(path.parents)]
    assert len(modules) > 200
    places = defaultdict(set)
    for path in modules:
        for name, value in constants(path.read_text()):
            if name not in CHOSEN_BY_EACH:
                places[name, value].add(path.relative_to(HOST_TOOLS).as_posix())
    assert {constant: sorted(found) for constant, found in places.items() if len(found) > 1} == {}


def test_a_constant_is_the_same_however_it_is_written() -> None:
    source = "A = 1_0\n_B, C = 0.5, -1\nD: int = 2\nE = Path(__file__).parent\nf = 3\nG = g = 4\n"
    assert list(constants(source)) == [("A", "10"), ("B", "0.5"), ("C", "-1"), ("D", "2"), ("G", "4")]
    assert list(constants("A = 10.0")) == [("A", "10")]


def constants(source: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each, on a module's own level. A path beside the module is another in each."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            for name, value in _pairs(target, node.value):
                if name.isupper() and "__file__" not in value:
                    yield name.lstrip("_"), value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its_value in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, its_value)
    elif isinstance(target, ast.Name):
        yield target.id, _text(value)


def _text(value: ast.expr) -> str:
    """`10`, `10.0` and `1_0` are one value."""
    is_number = isinstance(value, ast.Constant) and type(value.value) in (int, float)
    return f"{value.value:.12g}" if is_number else ast.unparse(value)
