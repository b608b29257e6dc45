"""A folder's `__init__.py` is left off the board unless it has code."""

from pathlib import Path

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.flash.compile.mpy import needs_no_file
from host_tools.flash.contents.application import application_files


@pytest.mark.parametrize(
    ("content", "needs_none"),
    [
        ("", True),
        ('"""What is in here."""\n', True),
        ('"""What is in here."""\nx = 1\n', False),
        ("from soleus import app\n", False),
    ],
)
def test_only_a_file_with_code_is_needed(content: str, needs_none: bool, tmp_path: Path) -> None:
    source = tmp_path / "__init__.py"
    source.write_text(content)
    assert needs_no_file(source) is needs_none


def test_a_module_is_always_needed(tmp_path: Path) -> None:
    source = tmp_path / "empty.py"
    source.write_text("")
    assert not needs_no_file(source)


def test_no_folder_of_the_firmware_has_an_init_file_on_a_board() -> None:
    names = application_files(load_board("esp32-devkit"), {})
    assert not [name for name in names if name.endswith("__init__.mpy")]
    assert "soleus/core/controller.mpy" in names
