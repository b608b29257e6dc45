"""Bytecode is compiled once for each state of the sources, and is the same, kept or compiled anew."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.basics.cache_folder import STATES_KEPT
from host_tools.flash.compile import kept
from host_tools.flash.compile.bundles import compiled_bytecode, firmware_bytecode
from host_tools.flash.compile.kept import kept_or_compiled

FILES = {"soleus/app.mpy": b"M\x06app", "soleus/core/controller.mpy": bytes(range(256))}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOLEUS_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "bytecode"


def never() -> dict[str, bytes]:
    raise AssertionError("compiled a second time")


def these(files: dict[str, bytes]) -> Callable[[], dict[str, bytes]]:
    return lambda: files


@pytest.mark.parametrize("has_line_numbers", [False, True])
def test_the_same_sources_give_the_same_bytes_kept_or_compiled_anew(has_line_numbers: bool) -> None:
    compiled = compiled_bytecode(has_line_numbers)
    assert compiled == firmware_bytecode(has_line_numbers) == compiled_bytecode(has_line_numbers)
    kind = str(has_line_numbers)
    assert kept_or_compiled(kind, these(compiled)) == kept_or_compiled(kind, never) == compiled


def test_each_kind_is_kept_by_itself() -> None:
    assert kept_or_compiled("a", these(FILES)) == kept_or_compiled("a", never) == FILES
    assert kept_or_compiled("b", these({})) == {}
    assert kept_or_compiled("a", never) == FILES


@pytest.mark.parametrize("what", ["sources", "core_numbers", "version"])
def test_a_change_in_what_it_depends_on_compiles_anew(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_or_compiled("a", these(FILES))
    changed = {"sources": {"boot.py": "pass\n"}, "core_numbers": [("soleus.core", {"A": 1})], "version": "9"}
    monkeypatch.setattr(kept, what, lambda *_: changed[what])
    assert kept_or_compiled("a", these({})) == {}


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda content: content[:-5],
    "a bit that changed": lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_compiled_anew(damage: str, cache: Path) -> None:
    kept_or_compiled("a", these(FILES))
    (file,) = cache.iterdir()
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    assert kept_or_compiled("a", these(FILES)) == FILES
    assert kept_or_compiled("a", never) == FILES


def test_without_a_folder_to_write_it_compiles_each_time(cache: Path) -> None:
    cache.parent.write_text("a file, not a folder")
    assert kept_or_compiled("a", these(FILES)) == kept_or_compiled("a", these(FILES)) == FILES


def test_only_the_latest_states_are_kept(cache: Path) -> None:
    for state in range(STATES_KEPT + 2):
        kept_or_compiled(str(state), these(FILES))
    assert len(list(cache.iterdir())) == STATES_KEPT


def test_a_change_in_any_file_that_makes_bytecode_is_seen() -> None:
    package = kept.__package__
    loaded = [module for name, module in sys.modules.items() if package and name.startswith(package)]
    files = {Path(module.__file__) for module in loaded if module.__file__}
    assert {"names.py", "short_methods.py", "mates.py"} <= {file.name for file in files}
    assert files <= set(kept.compilers())
