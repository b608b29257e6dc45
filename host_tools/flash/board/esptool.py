"""esptool as a process of its own: its progress in the words of `say`, and its failure in one line."""

import re
import subprocess
import sys
from collections.abc import Callable

from host_tools.flash.prompt.errors import DeviceError

BAUD = 460_800
Say = Callable[[str], None]
RunTool = Callable[[list[str], Say], str]
"""Runs esptool with these arguments, and returns what it printed."""

HOLD_BOOT = "hold BOOT, press and let go RESET, let go BOOT, try again"
_PERCENT = re.compile(r"Writing at 0x[0-9a-f]+.*?(\d+)(?:\.\d+)?%")
_NO_CHIP = "Failed to connect"
_FATAL = "A fatal error occurred: "
_STAGES = {
    "Verifying written data...": "reading back what was written",
    "Erasing flash memory (this may take a while)...": "erasing the whole flash (up to a minute)",
}


def run_esptool(arguments: list[str], say: Say) -> str:
    command = [sys.executable, "-m", "esptool", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    try:
        assert process.stdout is not None
        # Text mode takes a carriage return for the end of a line, too.
        for line in process.stdout:
            lines.append(line.strip())
            if percent := _PERCENT.search(line):
                say(f"writing at {percent[1]} %")
            elif line.strip() in _STAGES:
                say(_STAGES[line.strip()])
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
    if process.returncode:
        why = _why(lines)
        hint = f"; {HOLD_BOOT}" if _NO_CHIP in why else ""
        raise DeviceError(f"esptool: {why}{hint}")
    return "\n".join(lines)


def where(chip: str, port: str) -> list[str]:
    return ["--chip", chip, "--port", port, "--baud", str(BAUD)]


def _why(lines: list[str]) -> str:
    """esptool's own last words."""
    for line in reversed(lines):
        if _FATAL in line:
            return line.partition(_FATAL)[2].strip().rstrip(".")
    said = [line for line in lines if line]
    return said[-1] if said else "it ended without a word"
