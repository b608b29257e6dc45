"""The rooms of the firmware beside the core: arrows run one way, and no room is crowded."""

from collections import Counter
from pathlib import PurePosixPath

import pytest

from host_tools.basics.paths import SOLEUS_PACKAGE
from tests.core.rules.structure import circles, importing_functions, rooms_of

FIRMWARE = SOLEUS_PACKAGE.parent
MODULES_MOST = 12
BELOW_ALL = {"core", "basics"}
# Whom each room may ask; rooms of a kind stand within one, and `.` is app.py and tick.py.
ARROWS = {
    ".": {"link", "panel", "log", "services", "store", "drivers"} | BELOW_ALL,
    "link": {"panel", "log", "services", "store"} | BELOW_ALL,
    "panel": {"log", "services", "store", "drivers"} | BELOW_ALL,
    "log": {"services", "store"} | BELOW_ALL,
    "services": {"store", "drivers"} | BELOW_ALL,
    "store": BELOW_ALL,
    "drivers": BELOW_ALL,
    "core": set(),
    "basics": set(),
}
# The core has its own test; `main.py` can't rely on the firmware before it has vented.
MAY_IMPORT_LATE = {"main.py": {"main"}}

SOURCES = {
    path.relative_to(FIRMWARE).as_posix(): path.read_text(encoding="utf-8") for path in FIRMWARE.rglob("*.py")
}
BESIDE_CORE = {name: source for name, source in SOURCES.items() if not name.startswith("soleus/core/")}
PACKAGE = {
    name.removeprefix("soleus/"): source for name, source in SOURCES.items() if name.startswith("soleus/")
}


def test_arrows_between_the_rooms_run_one_way() -> None:
    arrows: dict[str, set[str]] = {}
    for folder, asked in rooms_of(PACKAGE, "soleus").items():
        arrows.setdefault(_room(folder), set()).update(_room(other) for other in asked)
    assert arrows.keys() == ARROWS.keys()
    unexpected = {room: asked - {room} - ARROWS[room] for room, asked in arrows.items()}
    assert {room: asked for room, asked in unexpected.items() if asked} == {}
    assert circles({room: asked - {room} for room, asked in arrows.items()}) == set()


def test_the_folders_have_no_circle() -> None:
    assert circles(rooms_of(PACKAGE, "soleus")) == set()


@pytest.mark.parametrize("file", BESIDE_CORE)
def test_what_is_loaded_late_is_loaded_by_the_one_mechanism(file: str) -> None:
    assert importing_functions(BESIDE_CORE[file]) == MAY_IMPORT_LATE.get(file, set())


def test_no_folder_has_more_than_12_modules() -> None:
    modules = [PurePosixPath(name) for name in SOURCES if not name.endswith("__init__.py")]
    counts = Counter(str(module.parent) for module in modules)
    assert {folder: count for folder, count in counts.items() if count > MODULES_MOST} == {}


def test_a_module_that_is_loaded_by_name_counts_as_an_arrow() -> None:
    sources = {
        "a/x.py": 'def f():\n    load("b.y").g()',
        "b/y.py": 'load_to_stay("a.x")',
        "c/z.py": "load(x)",
    }
    assert rooms_of(sources, "soleus") == {"a": {"b"}, "b": {"a"}, "c": set()}


def _room(folder: str) -> str:
    return folder.split("/")[0]
