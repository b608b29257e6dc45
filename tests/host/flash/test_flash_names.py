"""Names that cost heap are gone from what is compiled for the chip, and nothing else is."""

import ast

import pytest

from host_tools.basics.paths import SOLEUS_PACKAGE
from host_tools.flash.compile.names import without_names
from host_tools.flash.compile.shorten.privates import is_private, renamed_privates
from tests.display_driver import driver_file

FILES = sorted(file.relative_to(SOLEUS_PACKAGE.parent).as_posix() for file in SOLEUS_PACKAGE.rglob("*.py"))

LIMITS = "soleus.core.basics.limits"
CASES = {
    "a number in the place of its name": (
        "from soleus.core.basics.limits import TICK_MS\nx = y + TICK_MS\n",
        "pass\nx = y + 10\n",
    ),
    "through its module": (
        "from soleus.core.basics import faults\nx = faults.LEAK\n",
        "from soleus.core.basics import faults\nx = 15\n",
    ),
    "what isn't a number stays": (
        "from soleus.core.basics import faults\nx = faults.TABLE\n",
        "from soleus.core.basics import faults\nx = faults.TABLE\n",
    ),
    "a number below zero": (
        "from soleus.core.basics.limits import READING_LEAST_PA\nx = 5 - READING_LEAST_PA\n",
        "pass\nx = 5 - (-1867)\n",
    ),
    "an import of both keeps its lines": (
        f"from {LIMITS} import (\n    TICK_MS,\n    pa_from_mmhg,\n)\nx = pa_from_mmhg(TICK_MS)\n",
        f"from {LIMITS} import pa_from_mmhg\n\n\n\nx = pa_from_mmhg(10)\n",
    ),
    "an import for annotations": (
        "from soleus.core.basics.boots import Boots\ndef f(b: Boots):\n    pass\n",
        "pass\ndef f(b: Boots):\n    pass\n",
    ),
    "somebody else's import stays": (
        "import gc\nfrom time import sleep\n",
        "import gc\nfrom time import sleep\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_names_of_numbers_and_imports_are_replaced(name: str) -> None:
    source, expected = CASES[name]
    assert without_names(source, "soleus/core/anything.py") == expected


ARGUMENTS = {
    "of a function": ("def f(pieces):\n    return pieces + 1\n", "def f(a):\n    return a + 1\n"),
    "never a letter that is there": (
        "def f(pieces):\n    a = 1\n    return pieces + a\n",
        "def f(b):\n    a = 1\n    return b + a\n",
    ),
    "a name outside is another one": (
        "pieces = 2\ndef f(morsels=pieces):\n    return morsels\n",
        "pieces = 2\ndef f(a=pieces):\n    return a\n",
    ),
    "in what is within it, too": (
        "def f(pieces):\n    return [morsel for morsel in pieces], lambda: pieces\n",
        "def f(a):\n    return [morsel for morsel in a], lambda: a\n",
    ),
    "the annotation stays": (
        "def f(pieces: int, *morsels: int):\n    return pieces\n",
        "def f(a: int, *b: int):\n    return a\n",
    ),
    # `self_test` is a function of the firmware: its name is there anyway.
    "a name that something else has, too": ("def f(self_test):\n    pass\n", "def f(self_test):\n    pass\n"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_get_the_shortest_free_names(name: str) -> None:
    source, expected = ARGUMENTS[name]
    assert without_names(source, "soleus/app.py") == expected


def test_an_argument_that_is_given_by_name_keeps_its_name() -> None:
    sources = {name: (SOLEUS_PACKAGE.parent / name).read_text() for name in FILES}
    before = [node for text in sources.values() for node in ast.walk(ast.parse(text))]
    after = [node for name in FILES for node in ast.walk(ast.parse(without_names(sources[name], name)))]
    given = {node.arg for node in before if isinstance(node, ast.keyword)}
    assert given & _argument_names(before) <= _argument_names(after)


PRIVATES = {
    "of a module": (
        "def _half():\n    return 2\nx = _half()\n",
        "def _a():\n    return 2\nx = _a()\n",
    ),
    "of a class": (
        "class C:\n    def _look(self):\n        return self.x._look()\n",
        "class C:\n    def _a(self):\n        return self.x._a()\n",
    ),
    "never a letter that is there": ("def _look():\n    return _a\n", "def _b():\n    return _a\n"),
    "the language's own stay": (
        "class C:\n    def __init__(self):\n        pass\n",
        "class C:\n    def __init__(self):\n        pass\n",
    ),
    "what is no function stays": ("_WORD = 'a'\nx = _WORD\n", "_WORD = 'a'\nx = _WORD\n"),
}


@pytest.mark.parametrize("name", PRIVATES)
def test_private_functions_of_the_core_get_short_names(name: str) -> None:
    source, expected = PRIVATES[name]
    assert without_names(source, "soleus/core/regulate/learned.py") == expected


def test_private_functions_elsewhere_keep_their_names() -> None:
    """Their tracebacks are read on the board, and no replay can show them again."""
    source, _ = PRIVATES["of a module"]
    assert without_names(source, "soleus/app.py") == source


def test_no_private_function_of_the_core_is_known_outside_its_module() -> None:
    trees = {name: ast.parse((SOLEUS_PACKAGE.parent / name).read_text()) for name in FILES}
    core = {name for name in FILES if name.startswith("soleus/core/")}
    privates = {name: {old for _, _, old, _ in renamed_privates(trees[name])} for name in FILES}
    read = {name: _names_read(trees[name]) for name in FILES}
    for name in core:
        for other in set(FILES) - {name}:
            assert not privates[name] & read[other] - privates[other], (name, other)
    classes = {node.name: node for n in core for node in trees[n].body if isinstance(node, ast.ClassDef)}
    for derived in filter(_has_base_here, classes.values()):
        for base in derived.bases:
            # A private method of a base could be overridden in another module, under another short name.
            assert not [m for m in classes[ast.unparse(base)].body if is_private(getattr(m, "name", ""))]


def test_a_foreign_package_keeps_only_what_the_firmware_asks_for() -> None:
    bare = without_names(driver_file().read_text(), "ssd1306.py")
    methods = {node.name for node in ast.walk(ast.parse(bare)) if isinstance(node, ast.FunctionDef)}
    assert "poweroff" not in methods
    assert {"__init__", "init_display", "show", "write_cmd", "write_data"} <= methods
    assert "SET_CONTRAST" not in bare
    assert "SET_COL_ADDR = const(0x21)" in bare
    assert len(bare.splitlines()) == len(driver_file().read_text().splitlines())


def test_a_modules_own_constant_is_replaced_by_its_number() -> None:
    text = (SOLEUS_PACKAGE / "core" / "regulate" / "regulation.py").read_text()
    assert "DOSE_PERMILLE =" in text
    assert "DOSE_PERMILLE" not in without_names(text, "soleus/core/regulate/regulation.py")


@pytest.mark.parametrize("name", FILES)
def test_every_line_stays_where_it_was(name: str) -> None:
    source = (SOLEUS_PACKAGE.parent / name).read_text()
    bare = without_names(source, name)
    assert len(bare.splitlines()) == len(source.splitlines())
    assert _places(ast.parse(bare)) == _places(ast.parse(source))


def _names_read(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return imported | attributes | {node.id for node in nodes if isinstance(node, ast.Name)}


def _has_base_here(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base) != "Exception" for base in node.bases)


def _argument_names(nodes: list[ast.AST]) -> set[str]:
    return {node.arg for node in nodes if isinstance(node, ast.arg)}


def _places(tree: ast.Module) -> list[tuple[str, int]]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    found = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    return [("_" if is_private(node.name) else node.name, node.lineno) for node in found]
