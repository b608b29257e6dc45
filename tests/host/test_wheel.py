"""A wheel carries all that the command line needs: both packages, the programs, the boards and the plants."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from host_tools import paths

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        (paths.PROGRAMS, "host_tools/data/firmware/programs"),
        (paths.BOARDS, "host_tools/data/boards"),
        (paths.PLANTS, "host_tools/plants"),
        (paths.SOLEUS_PACKAGE, "soleus"),
    ],
)
def test_every_file_is_in_the_wheel(wheel_names: set[str], folder: Path, place: str) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if is_source(path)}
    assert files
    assert {f"{place}/{name}" for name in files} <= wheel_names


def test_the_firmware_package_is_in_the_wheel_once(wheel_names: set[str]) -> None:
    assert not [name for name in wheel_names if name.startswith("host_tools/data/firmware/soleus")]


def is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
