"""Modules that a board always loads together are one file there, and every import finds what it names."""

import ast
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.basics.paths import SOLEUS_PACKAGE
from host_tools.catalogue.boards import load_board
from host_tools.catalogue.programs import load_program
from host_tools.flash.compile import bundles
from host_tools.flash.compile.bundles import APP, CONTROLLER
from host_tools.flash.compile.shorten.short_attributes import beside, shortened, with_short_attributes
from host_tools.flash.compile.shorten.short_methods import with_short_methods
from host_tools.flash.compile.shorten.short_names import with_short_names
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from tests.display_driver import driver_file


@pytest.mark.parametrize("has_line_numbers", [False, True])
def test_every_import_finds_its_file_and_its_name(has_line_numbers: bool) -> None:
    texts = bundles._texts(has_line_numbers)
    defined = {module: _defined(text) for module, text in texts.items()}
    for module, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("soleus"):
                for alias in node.names:
                    is_module = f"{node.module}.{alias.name}" in texts
                    assert is_module or alias.name in defined[str(node.module)], (module, alias.name)


def test_what_is_loaded_while_it_runs_has_a_file_of_its_own() -> None:
    texts = bundles._texts(False)
    for text in texts.values():
        for node in ast.walk(ast.parse(text)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in ("load", "load_to_stay"):
                name = node.args[0]
                assert not isinstance(name, ast.Constant) or f"soleus.{name.value}" in texts


def test_two_values_at_once_make_no_tuple_on_a_board() -> None:
    """Its compiler swaps `a, b = c, d` without one; brackets around `c, d` make one, in every tick."""
    for module, text in bundles._texts(False).items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                value = ast.get_source_segment(text, node.value)
                assert not (isinstance(node.value, ast.Tuple) and str(value).startswith("(")), (module, value)


def test_with_line_numbers_only_the_core_is_joined() -> None:
    assert CONTROLLER in bundles.bundles(True)
    assert APP not in bundles.bundles(True)
    assert "soleus.link.link" in bundles._texts(True)
    assert "soleus.link.link" not in bundles._texts(False)


def test_no_name_stands_twice_in_a_file() -> None:
    for modules in bundles.bundles().values():
        names = [name for module in modules for name in bundles._defined(ast.parse(bundles._bare(module)))]
        assert len(set(names)) == len(names)


SHORT = {
    "a method": ("def lift(a):\n    return a\nx.lift(1)\n", "", "def a0(a):\n    return a\nx.a0(1)\n"),
    "one that others ask for": ("def lift(a):\n    return a\n", "x.lift()", "def lift(a):\n    return a\n"),
    "one that is an attribute, too": ("def lift(a):\n    a.lift = 1\n", "", "def lift(a):\n    a.lift = 1\n"),
    "one of the language": ("def append(a):\n    pass\n", "", "def append(a):\n    pass\n"),
    "one that is named in a text": ("def lift(a):\n    'lift'\n", "", "def lift(a):\n    'lift'\n"),
}


@pytest.mark.parametrize("case", SHORT)
def test_a_method_that_only_the_core_calls_gets_a_short_name(case: str) -> None:
    source, outside, expected = SHORT[case]
    assert with_short_methods({"core": source}, [outside]) == {"core": expected}


HELD = {
    "what an object holds": ("x.level_pa = 1\nprint(x.level_pa)\n", "", "x.l = 1\nprint(x.l)\n"),
    "an argument of its name": (
        "def f(level_pa):\n    x.level_pa = level_pa\n",
        "",
        "def f(l):\n    x.l = l\n",
    ),
    "a class": ("class Valve:\n    pass\n", "", "class V:\n    pass\n"),
    "an imported class": ("from a import Tube\nx = Tube\n", "", "from a import Tube\nx = Tube\n"),
    "beginnings alike": ("x.level_pa = x.level = 1\n", "", "x.le = x.l = 1\n"),
    "one that others ask for": ("x.level_pa = x.late = 1\n", "y.level_pa", "x.level_pa = x.l = 1\n"),
    "one that is named in a text": ("x.level_pa = 1\n", "['level_pa']", "x.level_pa = 1\n"),
    "one that is a method, too": ("def level():\n    x.level = 1\n", "", "def level():\n    x.level = 1\n"),
    "a word of the language": ("x.asked = x.island = 1\n", "", "x.a = x.i = 1\n"),
    "a beginning that is a word": ("x.i = x.island = 1\n", "x.i", "x.i = x.isl = 1\n"),
}


@pytest.mark.parametrize("case", HELD)
def test_what_only_the_core_holds_gets_a_short_name(case: str) -> None:
    source, outside, expected = HELD[case]
    assert with_short_attributes({"core": source}, [outside]) == {"core": expected}


AT_REST = {
    "what an object holds": ("x.level_pa = 1\nprint(x.level_pa)\n", "x.a0 = 1\nprint(x.a0)\n"),
    "a class": ("class Valve:\n    pass\nx = Valve\n", "class a0:\n    pass\nx = a0\n"),
    "a constant": ("FOLDER = '/log'\nprint(FOLDER)\n", "a0 = '/log'\nprint(a0)\n"),
    "one that others ask for": ("x.asked = 1\n", "x.asked = 1\n"),
    "one that is named in a text": ("x.level = '{level}'\n", "x.level = '{level}'\n"),
    "what MicroPython's own have, too": ("x.stdin = sys.stdin\n", "x.stdin = sys.stdin\n"),
    "a function that stays loaded": ("def lift():\n    pass\n", "def lift():\n    pass\n"),
    "an attribute of such a function's name": (
        "def lift():\n    x.lift = 1\n",
        "def lift():\n    x.lift = 1\n",
    ),
    "two of one object": (
        "class C:\n    def __init__(self):\n        self.left = self.right = 1\n",
        "class C:\n    def __init__(self):\n        self.a0 = self.a1 = 1\n",
    ),
    "those of two objects share": (
        (
            "class C:\n    def __init__(self):\n        self.left = 1\n"
            "class D:\n    def __init__(self):\n        self.right = 1\n"
        ),
        (
            "class C:\n    def __init__(self):\n        self.a0 = 1\n"
            "class D:\n    def __init__(self):\n        self.a0 = 1\n"
        ),
    ),
    "but not with one of their base": (
        (
            "class C:\n    def __init__(self):\n        self.left = 1\n"
            "class D(C):\n    def __init__(self):\n        self.right = 1\n"
        ),
        (
            "class C:\n    def __init__(self):\n        self.a0 = 1\n"
            "class D(C):\n    def __init__(self):\n        self.a1 = 1\n"
        ),
    ),
    "nor with any, where a class is half known": (
        (
            "class C:\n    def __init__(self):\n        self.left = 1\n"
            "class D(Core):\n    def __init__(self):\n        self.right = 1\n"
        ),
        (
            "class C:\n    def __init__(self):\n        self.a0 = 1\n"
            "class D(Core):\n    def __init__(self):\n        self.a1 = 1\n"
        ),
    ),
}


@pytest.mark.parametrize("case", AT_REST)
def test_what_only_files_outside_of_the_core_know_gets_a_short_name(case: str) -> None:
    source, expected = AT_REST[case]
    assert with_short_names({"app": source}, [], ["y.asked"]) == {"app": expected}


def test_functions_of_a_moment_get_short_names_in_all_files() -> None:
    files = {"app": "x.open_walk()\n", "walk": "def open_walk():\n    pass\n"}
    expected = {"app": "x.a0()\n", "walk": "def a0():\n    pass\n"}
    assert with_short_names(files, ["walk"], []) == expected


def test_no_name_of_micropython_or_of_a_display_is_shortened() -> None:
    """What looks like an attribute of ours may be one of theirs."""
    theirs = {name for text in (*_stubs(), driver_file().read_text()) for name in _given_by(text)}
    assert {"stdin", "duty_u16", "write_cmd"} <= theirs
    whole, short = ({*_all_names(texts)} for texts in (_whole_texts(), bundles._texts(False).values()))
    assert theirs & whole <= short


MODULES = [
    "binascii",
    "collections",
    "errno",
    "framebuf",
    "gc",
    "hashlib",
    "io",
    "json",
    "machine",
    "micropython",
    "os",
    "platform",
    "random",
    "select",
    "sys",
    "time",
    "asyncio",
]


def _stubs() -> Iterator[str]:
    """MicroPython's modules as the type checker knows them."""
    site = Path(sysconfig.get_paths()["purelib"])
    for name in MODULES:
        for place in (site, site / "stdlib", site / "stubs"):
            for file in (*place.glob(f"{name}.pyi"), *place.glob(f"{name}/*.pyi")):
                yield file.read_text(encoding="utf-8")


def _given_by(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(name)) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def _whole_texts() -> list[str]:
    return [bundles._bare(module) for module in bundles.all_modules()]


def _all_names(texts: Iterable[str]) -> Iterator[str]:
    for node in (node for text in texts for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Attribute):
            yield node.attr


NAMES = st.sets(st.text("abz_", min_size=1, max_size=4).filter(str.isidentifier))


@given(st.lists(NAMES, max_size=4), NAMES, NAMES)
def test_short_names_sort_as_the_whole_ones_in_each_object(
    objects: list[set[str]], stray: set[str], kept: set[str]
) -> None:
    """An object's state is packed by the short names and unpacked by the whole ones."""
    mates: dict[str, set[str]] = {}
    for of_object in objects:
        for name in of_object - stray:
            mates.setdefault(name, set()).update(of_object)
    held = stray.union(*objects)
    new_names = shortened(held, kept, kept | held, mates)
    for of_object in [*objects, stray]:
        short = [new_names.get(name, name) for name in sorted(of_object)]
        assert short == sorted(set(short))
    assert not {new for name, new in new_names.items() if new != name} & (kept | held)


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_no_object_of_the_core_holds_what_its_class_does_not_name(board: str) -> None:
    """Two names that one object holds must not become one: which they are is read from the classes."""
    mates = beside(ast.parse(file.read_text()) for file in (SOLEUS_PACKAGE / "core").rglob("*.py"))
    controller = Controller(load_board(board).boots)
    make_ready(controller, load_program("easy-run"))
    seen: set[int] = set()
    waiting: list[object] = [controller]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or not type(one).__module__.startswith("soleus.core"):
            continue
        seen.add(id(one))
        held = set(vars(one))
        waiting.extend(vars(one).values())
        for name in held & mates.keys():
            assert held <= mates[name], (type(one), held - mates[name])
    assert len(seen) > 20


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_a_boards_kind_of_sensors_is_one_file(board: str) -> None:
    driver = load_board(board).table["sensors"]["driver"]
    kinds = {"adc": "adc", "ads1115": "ads1115", "abp2": "honeywell", "mprls": "honeywell"}
    assert f"soleus.drivers.sensing.{kinds[driver]}" in bundles._texts(False)


def _defined(text: str) -> set[str]:
    tree = ast.parse(text)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {*bundles._defined(tree), *(name.id for name in names if isinstance(name.ctx, ast.Store))}


def test_what_one_layout_of_sensors_needs_is_one_file() -> None:
    groups, texts = bundles.bundles(), bundles._texts(False)
    for root, carried in bundles.OF_A_LAYOUT.items():
        assert carried in groups[root]
        assert carried not in texts
        assert f"from {carried}" not in texts[CONTROLLER]
