"""`soleus new`: a commented file to begin with, which passes its own check."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import FILE_NAME, board_names, load_board
from host_tools.catalogue.programs import program_names
from host_tools.new_files.board import board_text, chips
from host_tools.new_files.program import program_text
from soleus.core.basics.errors import SettingError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Write a commented program or board file that passes its check.",
)

DEFAULT_CHIP = "esp32"
Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and hyphens.")]


@app.command()
def program(name: Name) -> None:
    """Write NAME.toml here: every key, with what it may be. It never replaces a file."""
    _refuse_known(name, program_names(), "program")
    try:
        text = program_text(name)
    except SettingError as error:
        raise InputError("NAME", "", name, error.expected) from None
    file = Path(f"{name}.toml")
    _write_new(file, text)
    print(f"{file}: change it, then `soleus program check {file}` and `soleus sim {file}`")


@app.command()
def board(
    name: Name,
    chip: Annotated[str, typer.Option(help="The controller's chip.")] = DEFAULT_CHIP,
) -> None:
    """Write NAME/board.toml here, wired as a board of the library is. It never replaces a file."""
    _refuse_known(name, board_names(), "board")
    if chip not in chips():
        raise InputError("--chip", "", chip, f"one of {', '.join(chips())}")
    text = board_text(name, chip)
    _check_board(text, name)
    file = Path(name) / FILE_NAME
    _write_new(file, text)
    print(f"{file}: change it, then `soleus board check {file}` and `soleus sim --board {file}`")


def _check_board(text: str, name: str) -> None:
    """Before anything is written: a name may be wrong."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAME
        file.write_text(text, encoding="utf-8")
        try:
            load_board(file)
        except InputError as error:
            raise InputError("NAME", "", name, error.expected) from None


def _refuse_known(name: str, known: list[str], kind: str) -> None:
    if name in known:
        raise InputError("NAME", "", name, f"another name: the library has a {kind} of this one")


def _write_new(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise InputError("NAME", "", str(file), "a file that isn't there yet; it was left as it is") from None
    except OSError as error:
        raise InputError("NAME", "", str(file), f"a file that can be written ({error.strerror})") from None
