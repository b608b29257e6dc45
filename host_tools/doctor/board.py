"""What runs on a board, asked without interrupting it: over its console link, or at its prompt."""

import ast
import re
import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from host_tools.basics.control_characters import visible
from host_tools.basics.errors import InputError, SilentBoardError
from host_tools.catalogue.boards import load_board
from host_tools.doctor.finding import Finding
from host_tools.flash.board.device import Device, DeviceError
from host_tools.flash.board.session import IN_SESSION
from host_tools.flash.contents.images import MICROPYTHON_VERSION
from host_tools.link.console import Console
from host_tools.safety import fault_help

ANSWER_TIMEOUT_S = 3.0
PROMPT_TIMEOUT_S = 2.0
# No Ctrl-C in it: at a prompt nothing runs that would have to be interrupted.
WHO = b"import sys;print('<',repr((sys.version,getattr(sys.implementation,'_machine','?'))),'>')\r\n"
_SAID = re.compile(rb"< (\(.*\)) >")


def board_findings(port: str, may_interrupt: bool) -> Iterator[Finding]:
    try:
        with Console(port) as console:
            yield from _application(console)
    except SilentBoardError as silent:
        yield from _without_application(port, silent, may_interrupt)
    except OSError as error:
        yield Finding("board", f"{port} can't be used ({error})", "close what uses it, or plug it in again")


def _application(console: Console) -> Iterator[Finding]:
    port = console.serial.port
    hello = console.ask("hello", timeout_s=ANSWER_TIMEOUT_S)
    status = console.ask("status", timeout_s=ANSWER_TIMEOUT_S)
    yield _soleus(hello, port)
    yield _state(status, port)
    if status["state"] in IN_SESSION:
        yield Finding("MicroPython", "not asked, so that the session isn't disturbed")
        return
    versions = console.ask("versions", timeout_s=ANSWER_TIMEOUT_S)
    yield _micropython(
        f"v{versions.get('micropython')}", str(versions.get("port")), str(hello["board"]), port
    )


def _soleus(hello: dict[str, Any], port: str) -> Finding:
    board, theirs, ours = visible(str(hello.get("board"))), str(hello.get("soleus")), version("soleus")
    found = f"Soleus {visible(theirs)} for {board}{_chip_of(board)}"
    if theirs == ours:
        return Finding("runs", found)
    return Finding("runs", found, f"`soleus flash --board {board} --port {port}`: here is Soleus {ours}")


def _state(status: dict[str, Any], port: str) -> Finding:
    if fault := status.get("fault"):
        found = f"in fault: {fault['code']}, {fault['name']}"
        return Finding("state", found, f"{fault_help.advice(fault['code'])} `soleus ask why --port {port}`")
    if warnings := status.get("warnings"):
        return Finding("state", f"{status['state']}; {visible(str(warnings))}", "see docs/device.md")
    return Finding("state", str(status["state"]))


def _micropython(number: str, kind: str, board: str, port: str) -> Finding:
    found = f"{visible(number)} on {visible(kind)}"
    # A virtual board runs the unix port, which nobody can flash.
    if number == MICROPYTHON_VERSION or not kind.startswith("esp32"):
        return Finding("MicroPython", found)
    return Finding(
        "MicroPython", found, f"`soleus flash --board {board} --port {port}` brings {MICROPYTHON_VERSION}"
    )


def _chip_of(board: str) -> str:
    try:
        return f", {load_board(board).chip}"
    except InputError:
        # A board file of this person's own.
        return ""


def _without_application(port: str, silent: SilentBoardError, may_interrupt: bool) -> Iterator[Finding]:
    about = _asked_at_prompt(port) if silent.is_at_prompt else ""
    if not about and may_interrupt:
        about = _interrupted(port)
    if about:
        yield Finding("runs", f"MicroPython at its prompt: {about}", _start_or_flash(port))
        return
    closer = "" if may_interrupt else "`soleus doctor --interrupt` looks closer; "
    yield Finding("runs", "nothing answers: not Soleus, or not yet", f"{closer}{_start_or_flash(port)}")


def _start_or_flash(port: str) -> str:
    flash = f"`soleus flash --board NAME --port {port}` puts it there"
    return f"`soleus ask reset --port {port}` starts Soleus; {flash}"


def _asked_at_prompt(port: str) -> str:
    with Console(port) as console:
        console.serial.write(WHO)
        heard, until_s = b"", time.monotonic() + PROMPT_TIMEOUT_S
        while time.monotonic() < until_s:
            heard += console.serial.read(console.serial.in_waiting or 1)
            if said := _SAID.search(heard):
                return _in_words(said[1])
    return ""


def _in_words(said: bytes) -> str:
    try:
        words, machine = ast.literal_eval(said.decode("utf-8", "replace"))
    except (ValueError, SyntaxError, TypeError):
        return ""
    return visible(f"{str(words).rpartition('MicroPython ')[2].split(' ')[0]} on {machine}")


def _interrupted(port: str) -> str:
    """With a person's leave. Afterwards the board starts again what it ran."""
    try:
        device = Device(port)
    except (DeviceError, InputError):
        return ""
    try:
        about = device.about()
        return visible(f"{about.version} on {about.machine or about.platform}")
    except DeviceError:
        return ""
    finally:
        device.reset()
