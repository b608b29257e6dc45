"""`python -m host_tools.benchmark.step.work`: what `soleus bench chip` does, counted on the unix port.

The figure stands as UNIX_INSTRUCTIONS in `host_tools/bench/chip/on_board/speed.py`. Valgrind counts the
same on every run.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from host_tools.basics.errors import UNUSABLE_INPUT, InputError
from host_tools.bench.chip.pieces import ON_BOARD
from host_tools.benchmark.step.cost import COLLECTED, UNIX_PORT

_SPEED = ON_BOARD / "speed.py"
# Another build of the same interpreter.
_DIFFERS = 0.02


def refuse_outdated_count() -> None:
    """`make benchmark` asks this, because work or interpreter may have changed."""
    counted, stands = work_instructions(), _constant("UNIX_INSTRUCTIONS")
    if abs(counted - stands) > _DIFFERS * counted:
        raise InputError(_SPEED, "UNIX_INSTRUCTIONS", stands, f"{counted:_}, as Valgrind counts it now")


def work_instructions() -> int:
    """Of `work(PASSES)` alone: a run without it is taken off."""
    if not shutil.which("valgrind"):
        raise InputError("valgrind", "", None, "Debian's valgrind installed: it counts the instructions")
    text = "\n".join(_without_board_modules(_SPEED.read_text()))
    passes = _constant("PASSES")
    with tempfile.TemporaryDirectory(prefix="soleus-count-") as name:
        script = Path(name) / "work.py"
        return _instructions(script, f"{text}\nwork({passes})\n") - _instructions(
            script, f"{text}\nwork(0)\n"
        )


def _constant(name: str) -> int:
    found = re.search(rf"^{name} = ([\d_]+)$", _SPEED.read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def _without_board_modules(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(("import machine", "from helpers"))]


def _instructions(script: Path, text: str) -> int:
    script.write_text(text)
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    run = subprocess.run(
        [*valgrind, sys.executable, "-c", UNIX_PORT, script.name],
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    found = COLLECTED.search(run.stdout + run.stderr)
    assert found
    return int(found[1])


if __name__ == "__main__":
    try:
        print(f"UNIX_INSTRUCTIONS = {work_instructions():_}")
    except InputError as error:
        print(f"count: {error}", file=sys.stderr)
        sys.exit(UNUSABLE_INPUT)
