"""A wheel carries all that the command line needs: both packages, the programs, the boards and the plants."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from host_tools.basics import paths
from host_tools.catalogue.boards import load_board
from host_tools.flash.contents.application import build_application
from host_tools.virtual.board import VirtualBoard
from tests.display_driver import packages_folder
from tests.made_once import made_once

ROOT = Path(__file__).parents[2]
# Stands for the folder of the installed package.
INSTALLED = "INSTALLED"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "wheel", build_wheel)


def build_wheel(folder: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel_names(wheel: Path) -> set[str]:
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


@pytest.fixture(scope="module")
def soleus(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment without a checkout: the wheel, and the packages that it asks for."""
    return made_once(tmp_path_factory, "environment", lambda home: install(wheel, home))


def install(wheel: Path, home: Path) -> Path:
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    command = [
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run([sys.executable, *command], check=True)
    (own,) = home.glob("lib/python*/site-packages")
    # The packages of here, but not the link to this checkout: Python follows a link only in its own folder.
    (own / "others.pth").write_text(sysconfig.get_path("purelib"))
    return home / "bin" / "soleus"


WORKS = {
    # What a checkout has compiled from the same sources is good for a wheel, too.
    "sim": (["sim", "easy-run", "--board", "esp32-devkit", "--json", "-"], 0, '"outcome": "completed"'),
    "a plant that isn't there": (["sim", "easy-run", "--plant", "marsh"], 2, "tired"),
    "board list": (["board", "list"], 0, "esp32-s3-duo"),
    "board check": (["board", "check", f"{INSTALLED}/data/boards/esp32-s3-duo/board.toml"], 0, "fine"),
    "program check": (["program", "check", f"{INSTALLED}/data/firmware/programs/easy-run.toml"], 0, ""),
    "virtual": (["virtual", "--board", "esp32-devkit", "--flash", "flash"], 0, "port /dev/"),
}


@pytest.mark.parametrize("name", WORKS)
def test_it_works_with_no_checkout_beside_it(name: str, soleus: Path, tmp_path: Path) -> None:
    if name == "virtual":
        pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")
    arguments, status, expected = WORKS[name]
    (installed,) = soleus.parents[1].glob("lib/python*/site-packages/host_tools")
    arguments = [argument.replace(INSTALLED, str(installed)) for argument in arguments]
    done = said(soleus, arguments, tmp_path)
    assert (done.returncode, expected in done.stdout + done.stderr) == (status, True), done


def test_it_flashes_with_no_checkout_beside_it(
    soleus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First a dry run, then packages and self-test, then a second time with nothing to do."""
    pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")
    board = load_board("esp32-s3-duo")
    packages = packages_folder(tmp_path)
    with VirtualBoard(board, tmp_path / "flash.img", has_own_time=True) as virtual:
        arguments = ["flash", "--board", board.name, "--port", virtual.port, "--keep-micropython"]
        arguments += ["--packages", str(packages)]
        # It must not find what a checkout has compiled.
        monkeypatch.setenv("SOLEUS_CACHE_DIR", str(tmp_path / "cache"))
        would = said(soleus, [*arguments, "--dry-run"], tmp_path)
        assert would.returncode == 0, would.stderr
        assert "would be sent" in would.stdout
        assert virtual.flash.names() == []
        done = said(soleus, arguments, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        # The wheel has compiled the same bytes as a checkout.
        slot = build_application(board, packages).slot
        assert virtual.flash.read("/current-app") == slot.encode()
        assert "ready" in done.stdout
        assert "nothing to do" in said(soleus, arguments, tmp_path).stdout


def said(soleus: Path, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(soleus), *arguments], cwd=folder, input="quit\n", capture_output=True, text=True, check=False
    )


def is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
