"""Names that cost heap are gone from what is compiled for the chip, and nothing else is."""

import ast

import pytest

from host_tools.flash.names import without_names
from host_tools.paths import SOLEUS_PACKAGE

FILES = sorted(file.relative_to(SOLEUS_PACKAGE.parent).as_posix() for file in SOLEUS_PACKAGE.rglob("*.py"))

CASES = {
    "a number in the place of its name": (
        "from .limits import TICK_MS\nx = y + TICK_MS\n",
        "pass\nx = y + 10\n",
    ),
    "through its module": ("from . import faults\nx = faults.LEAK\n", "from . import faults\nx = 15\n"),
    "what isn't a number stays": (
        "from . import faults\nx = faults.TABLE\n",
        "from . import faults\nx = faults.TABLE\n",
    ),
    "a number below zero": (
        "from .limits import READING_LEAST_PA\nx = 5 - READING_LEAST_PA\n",
        "pass\nx = 5 - (-1867)\n",
    ),
    "an import of both keeps its lines": (
        "from .limits import (\n    TICK_MS,\n    pa_from_mmhg,\n)\nx = pa_from_mmhg(TICK_MS)\n",
        "from .limits import pa_from_mmhg\n\n\n\nx = pa_from_mmhg(10)\n",
    ),
    "an import for annotations": (
        "from .boots import Boots\ndef f(b: Boots):\n    pass\n",
        "pass\ndef f(b: Boots):\n    pass\n",
    ),
    "somebody else's import stays": (
        "import gc\nfrom time import sleep\n",
        "import gc\nfrom time import sleep\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of(name: str) -> None:
    source, expected = CASES[name]
    assert without_names(source, "soleus/core/anything.py") == expected


def test_a_constant_of_its_own_goes() -> None:
    text = (SOLEUS_PACKAGE / "core" / "regulation.py").read_text()
    assert "DOSE_PERMILLE =" in text
    assert "DOSE_PERMILLE" not in without_names(text, "soleus/core/regulation.py")


@pytest.mark.parametrize("name", FILES)
def test_every_line_stays_where_it_was(name: str) -> None:
    source = (SOLEUS_PACKAGE.parent / name).read_text()
    bare = without_names(source, name)
    assert len(bare.splitlines()) == len(source.splitlines())
    assert _places(ast.parse(bare)) == _places(ast.parse(source))


def _places(tree: ast.Module) -> list[tuple[str, int]]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [(node.name, node.lineno) for node in ast.walk(tree) if isinstance(node, kinds)]
