"""From an empty chip to a working, self-tested controller: `flash` does it all, or says what it would do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board
from host_tools.flash.board.device import About, Device, DeviceError
from host_tools.flash.board.micropython import RunTool, write_micropython
from host_tools.flash.board.self_test import Verdict, self_test
from host_tools.flash.board.slots import Plan, carry_out, make_plan, point_to
from host_tools.flash.contents.application import Application, build_application
from host_tools.flash.contents.image_file import checked_image, wanted_version
from host_tools.flash.contents.images import IMAGES

__all__ = ["DeviceError", "Flashed", "Options", "flash"]

Say = Callable[[str], None]
ESP32_PLATFORM = "esp32"


@dataclass(frozen=True)
class Options:
    image: Path | None = None
    packages: Path | None = None
    is_dry_run: bool = False
    keep_micropython: bool = False
    """Keep the MicroPython that the board runs: esptool is not called."""
    has_line_numbers: bool = False
    """Tracebacks with line numbers, for debugging: they take heap."""
    soft_reset: bool = True
    """Before anything else, for a clean heap. False for an interpreter that ends at a soft reset."""
    self_test: Callable[[str], Verdict] | None = self_test
    run_tool: RunTool | None = None


@dataclass
class Flashed:
    """What was found and what was done; in a dry run, what would be done."""

    board: Board
    port: str
    app: Application
    is_dry_run: bool
    found: About | None
    """The MicroPython that answered before anything was written."""
    image: str
    """Where MicroPython came from; empty where the one on the board stays."""
    plan: Plan | None
    """None in a dry run on a chip that has no MicroPython yet: everything would be written."""
    tested: Verdict | None = None
    is_rolled_back: bool = False

    @property
    def is_well(self) -> bool:
        return self.tested is None or self.tested.is_well


def flash(board: Board, port: str, options: Options | None = None, say: Say = lambda _: None) -> Flashed:
    """Whatever is wrong on the laptop's side is found before the board is touched."""
    options = options or Options()
    say("compiling the application")
    app = build_application(board, options.packages, options.has_line_numbers)
    version = wanted_version(options.image)
    found = _look(port, options)
    _refuse_other_chip(board, port, found)
    image = ""
    if _needs_micropython(found, version, options):
        image = _micropython(board, port, options, found, say)
        if options.is_dry_run and found is None:
            return Flashed(board, port, app, True, found, image, None)
    device = Device(port, options.soft_reset)
    plan = make_plan(device, app)
    result = Flashed(board, port, app, options.is_dry_run, found, image, plan)
    if not options.is_dry_run and not plan.is_done:
        _install(device, app, plan, say)
    # Even when there was nothing to do: looking has stopped the application, and a reset starts it again.
    device.reset()
    if options.is_dry_run:
        return result
    say("rebooting")
    if options.self_test:
        result.tested = options.self_test(port)
        result.is_rolled_back = _roll_back_if_dead(port, plan, result.tested, options)
    return result


def _look(port: str, options: Options) -> About | None:
    """The MicroPython that answers; None if there is none."""
    try:
        device = Device(port, options.soft_reset)
    except DeviceError:
        if options.keep_micropython:
            raise
        return None
    try:
        return device.about()
    finally:
        device.close()


def _refuse_other_chip(board: Board, port: str, found: About | None) -> None:
    if found is None or found.platform != ESP32_PLATFORM:
        return
    words = found.machine.split()
    wanted = IMAGES[board.chip].machine_word
    if words and words[-1] != wanted:
        expected = f"a board with an {board.chip}, as {board.file} says; this one is a {found.machine}"
        raise InputError("--port", "", port, expected)


def _needs_micropython(found: About | None, version: str, options: Options) -> bool:
    return not options.keep_micropython and (found is None or found.version != version)


def _micropython(board: Board, port: str, options: Options, found: About | None, say: Say) -> str:
    if options.is_dry_run:
        return options.image.name if options.image else IMAGES[board.chip].file_name
    image = checked_image(board.chip, options.image)
    say(f"writing MicroPython {image.version}")
    write_micropython(board.chip, port, image, erase_all=found is None, run_tool=options.run_tool)
    return image.origin


def _install(device: Device, app: Application, plan: Plan, say: Say) -> None:
    try:
        carry_out(device, app, plan, say)
    except DeviceError:
        device.close()
        raise


def _roll_back_if_dead(port: str, plan: Plan, tested: Verdict, options: Options) -> bool:
    """If the new application doesn't answer at all, go back to the one before it."""
    if tested.results or not plan.is_switch or not plan.old_slot:
        return False
    device = Device(port, options.soft_reset)
    point_to(device, plan.old_slot)
    device.reset()
    return True
