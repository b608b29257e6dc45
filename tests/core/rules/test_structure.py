"""The house stays habitable: small classes, short lists of parameters, and rooms without circles."""

from pathlib import Path

import pytest

from host_tools.basics.paths import CORE_PACKAGE, core_sources
from tests.core.rules.structure import (
    attribute_counts,
    circles,
    importing_functions,
    parameter_counts,
    rooms_of,
)

ATTRIBUTES_MOST = 20
PARAMETERS_MOST = 6
# These load the one variant that the boots need: the others never take a chip's heap.
FACTORIES = {
    "controller.py": {"_gauges_for", "_regulator_for", "_service_for"},
    "guards/guards.py": {"_fill_timeout_for", "_pump_runaway_for", "_sensors_apart_for", "_vent_failure_for"},
}

HOST_TOOLS = Path(__file__).resolve().parents[3] / "host_tools"
CORE = {path.relative_to(CORE_PACKAGE).as_posix(): path.read_text() for path in core_sources()}
HOST = {path.relative_to(HOST_TOOLS).as_posix(): path.read_text() for path in HOST_TOOLS.rglob("*.py")}


@pytest.mark.parametrize("file", CORE)
def test_no_class_of_the_core_has_more_than_20_attributes(file: str) -> None:
    counts = attribute_counts(CORE[file]).items()
    assert [name for name, count in counts if count > ATTRIBUTES_MOST] == []


@pytest.mark.parametrize("file", CORE)
def test_no_function_of_the_core_has_more_than_6_parameters(file: str) -> None:
    too_many = {
        name: count for name, count in parameter_counts(CORE[file]).items() if count > PARAMETERS_MOST
    }
    assert too_many == {}


@pytest.mark.parametrize("file", CORE)
def test_only_the_named_factories_import_while_they_run(file: str) -> None:
    assert importing_functions(CORE[file]) == FACTORIES.get(file, set())


@pytest.mark.parametrize(("sources", "package"), [(CORE, "soleus.core"), (HOST, "host_tools")])
def test_the_rooms_have_no_circle(sources: dict[str, str], package: str) -> None:
    rooms = rooms_of(sources, package)
    assert len(rooms) > 5
    assert circles(rooms) == set()


def test_attributes_are_counted_once_wherever_they_are_made() -> None:
    source = """
class Big:
    def __init__(self):
        self.a = self.b = 0
        other.c = 0

    def step(self):
        self.a += 1
        self.d: int = 3
        self.e, self.f = 1, 2
"""
    assert attribute_counts(source) == {"Big": 5}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(a, b, c): ...", 3),
        ("class A:\n    def f(self, a, *, b=1): ...", 2),
        ("class A:\n    @classmethod\n    def f(cls, a, b): ...", 2),
        ("def f(a1, a2, a3, a4, a5, a6, a7): ...", PARAMETERS_MOST + 1),
    ],
)
def test_parameters_are_counted_without_self(source: str, count: int) -> None:
    assert parameter_counts(source) == {"f": count}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import a\nfrom b import c\ndef f(): ...", set()),
        ("def f():\n    import a", {"f"}),
        ("class A:\n    def f(self):\n        if self.x:\n            from b import c", {"f"}),
    ],
)
def test_an_import_in_a_function_is_seen(source: str, found: set[str]) -> None:
    assert importing_functions(source) == found


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        ({"a/x.py": "from p.b.y import Y", "b/y.py": "import q.a.x"}, set()),
        ({"a/x.py": "from p.b.y import Y", "b/y.py": "from p.a.z import Z", "a/z.py": ""}, {"a", "b"}),
        ({"a/x.py": "from p.b import y", "b/y.py": "def f():\n    import p.a.x"}, {"a", "b"}),
        ({"x.py": "import p.a.y", "a/y.py": "import p.z", "z.py": ""}, {".", "a"}),
        (
            {
                "a/x.py": "import p.b.y",
                "b/y.py": "import p.c.z",
                "c/z.py": "import p.a.x",
                "d.py": "import p.a.x",
            },
            {"a", "b", "c"},
        ),
    ],
)
def test_a_circle_of_rooms_is_seen(sources: dict[str, str], found: set[str]) -> None:
    assert circles(rooms_of(sources, "p")) == found
