"""From an empty chip to a working, self-tested controller: `flash` does it all, or says what it would do."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board
from host_tools.flash.board.device import About, Device
from host_tools.flash.board.esptool import RunTool
from host_tools.flash.board.micropython import look_at_chip, write_everything, write_micropython
from host_tools.flash.board.restart import restart
from host_tools.flash.board.self_test import Verdict, self_test
from host_tools.flash.board.session import in_session, session_that_runs
from host_tools.flash.board.slots import Plan, carry_out, make_plan, point_to
from host_tools.flash.contents.application import Application, build_application
from host_tools.flash.contents.image_file import CheckedImage, checked_image
from host_tools.flash.contents.images import IMAGES
from host_tools.flash.prompt.errors import DeviceError, NoPromptError
from host_tools.flash.prompt.raw_repl import ENTER_TIMEOUT_S, FIRST_BOOT_TIMEOUT_S

__all__ = ["DeviceError", "Flashed", "Options", "flash"]

Say = Callable[[str], None]
FROM_NOTHING = "to start from nothing, erase the chip with `python -m esptool erase-flash`"
ESP32_PLATFORM = "esp32"


@dataclass(frozen=True)
class Options:
    image: Path | None = None
    packages: Path | None = None
    is_dry_run: bool = False
    keep_micropython: bool = False
    """Keep the MicroPython that the board runs: esptool is not called, and no image is needed."""
    has_line_numbers: bool = False
    """Tracebacks with line numbers, for debugging: they take heap."""
    ends_session: bool = False
    """Do it now, even if that ends a session."""
    soft_reset: bool = True
    """Before anything else, for a clean heap. False for an interpreter that ends at a soft reset."""
    self_test: Callable[[str, Say], Verdict] | None = self_test
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
    """None where no MicroPython answered: everything is written, as one image."""
    tested: Verdict | None = None
    is_rolled_back: bool = False
    ended_session: str = ""
    """In which state the session was that this ended; empty where none ran."""

    @property
    def is_well(self) -> bool:
        return self.tested is None or self.tested.is_well


def flash(board: Board, port: str, options: Options | None = None, say: Say = lambda _: None) -> Flashed:
    """Whatever can be wrong on the laptop's side is found before the board is touched."""
    options = options or Options()
    say("compiling the application")
    app = build_application(board, options.packages, options.has_line_numbers)
    image = None
    if not options.keep_micropython:
        say("checking MicroPython's image")
        image = checked_image(board.chip, options.image)
    ended_session = session_that_runs(port, say)
    if ended_session and not options.ends_session:
        raise in_session(port, ended_session, ", or end it with --now")
    if ended_session:
        say(f"ending the session that is {ended_session} on {port}")
    device = _connect(port, options, say)
    if device is None:
        assert image is not None
        result = _first_flash(board, port, image, app, options, say)
    else:
        result = _update(device, board, image, app, options, say)
    result.ended_session = ended_session
    if options.self_test and not options.is_dry_run:
        result.tested = options.self_test(port, say)
        result.is_rolled_back = _roll_back_if_dead(port, result, options, say)
    return result


def _connect(port: str, options: Options, say: Say) -> Device | None:
    """None if no MicroPython answers. One that answers but then fails is never taken for an empty chip."""
    try:
        return Device(port, options.soft_reset, say)
    except NoPromptError:
        if options.keep_micropython:
            raise
        return None


def _first_flash(
    board: Board, port: str, image: CheckedImage, app: Application, options: Options, say: Say
) -> Flashed:
    """A chip without MicroPython may still have files, and among them somebody's calibration."""
    result = Flashed(board, port, app, options.is_dry_run, None, image.origin, None)
    if options.is_dry_run:
        return result
    place = look_at_chip(board.chip, port, image, say, options.run_tool)
    if not place.has_files:
        write_everything(board.chip, port, image, app, place.partition, say, options.run_tool)
        return result
    write_micropython(board.chip, port, image, say, options.run_tool)
    try:
        device = Device(port, options.soft_reset, say, FIRST_BOOT_TIMEOUT_S)
    except NoPromptError as error:
        kept = "MicroPython was written and the files were kept"
        raise DeviceError(f"{error}; {kept}; {FROM_NOTHING}") from None
    result.plan = _update(device, board, image, app, options, say).plan
    return result


def _update(
    device: Device, board: Board, image: CheckedImage | None, app: Application, options: Options, say: Say
) -> Flashed:
    """However it ends, the board is reset, and runs what it ran before or what is new."""
    try:
        found = device.about()
        _refuse_other_chip(board, device.port, found)
        origin = ""
        if image and found.version != image.version:
            origin = image.origin
            if not options.is_dry_run:
                device.close()
                _write_over(board, device.port, image, options, say)
                device = Device(device.port, options.soft_reset, say, FIRST_BOOT_TIMEOUT_S)
        plan = _replace(device, app, options, say)
    finally:
        # Even when there was nothing to do: looking has stopped the application, and a reset starts it again.
        say("starting the board again")
        device.reset()
    return Flashed(board, device.port, app, options.is_dry_run, found, origin, plan)


def _write_over(board: Board, port: str, image: CheckedImage, options: Options, say: Say) -> None:
    """If esptool fails before it writes, the board starts again what it ran."""
    try:
        write_micropython(board.chip, port, image, say, options.run_tool)
    except BaseException:
        with contextlib.suppress(DeviceError, InputError):
            restart(port)
        raise


def _replace(device: Device, app: Application, options: Options, say: Say) -> Plan:
    try:
        plan = make_plan(device, app, say)
        if not options.is_dry_run and not plan.is_done:
            carry_out(device, app, plan, say)
    except DeviceError as error:
        raise DeviceError(f"{error}; the old application, if there is one, is as it was") from None
    return plan


def _refuse_other_chip(board: Board, port: str, found: About) -> None:
    if found.platform != ESP32_PLATFORM:
        return
    words = found.machine.split()
    wanted = IMAGES[board.chip].machine_word
    if words and words[-1] != wanted:
        expected = f"a board with an {board.chip}, as {board.file} says; this one is a {found.machine}"
        raise InputError("--port", "", port, expected)


def _roll_back_if_dead(port: str, result: Flashed, options: Options, say: Say) -> bool:
    """If the new application doesn't answer at all, go back to the one before it."""
    plan, tested = result.plan, result.tested
    if plan is None or tested is None or tested.results or not plan.is_switch or not plan.old_slot:
        return False
    say(f"going back to {plan.old_slot}")
    device = Device(port, options.soft_reset, say, ENTER_TIMEOUT_S)
    try:
        point_to(device, plan.old_slot)
    finally:
        device.reset()
    return True
