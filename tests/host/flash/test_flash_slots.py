"""Flashing onto a real MicroPython: from empty, again, cut off at every step, tried and rolled back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pytest

pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")


from host_tools import flash as flash_module
from host_tools.catalogue.boards import load_board
from host_tools.flash import DeviceError, Options, flash
from host_tools.flash.board.chooser import POINTER
from host_tools.flash.board.device import Device
from host_tools.flash.board.self_test import Verdict
from host_tools.flash.contents.application import MANIFEST, Application
from host_tools.flash.prompt import raw_repl
from host_tools.flash.report import report_lines
from tests.host.flash.stand_ins.apps import an_app
from tests.host.flash.stand_ins.pty_board import PtyBoard, boot_once

BOARD = load_board("esp32-devkit")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PtyBoard]:
    board = PtyBoard(tmp_path / "flash")
    yield board
    board.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board without power answers nothing, however long one waits."""
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", 0.05)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> list[Application]:
    """The list's last application is flashed next."""
    apps = [an_app("one")]
    monkeypatch.setattr(flash_module, "build_application", lambda *_: apps[-1])
    return apps


def flash_it(board: PtyBoard, tested: Verdict | None = None, dry: bool = False) -> flash_module.Flashed:
    test = (lambda _port, _say: tested) if tested else None
    options = Options(keep_micropython=True, is_dry_run=dry, self_test=test, ends_session=True)
    return flash(BOARD, board.port, options)


def contents(flash_folder: Path) -> dict[str, bytes]:
    files = (path for path in flash_folder.rglob("*") if path.is_file())
    return {path.relative_to(flash_folder).as_posix(): path.read_bytes() for path in files}


def runs(flash_folder: Path) -> str:
    return boot_once(flash_folder).replace("\r", "").strip()


def test_flashing_fills_an_empty_board_and_a_second_time_changes_nothing(
    board: PtyBoard, app: list[Application]
) -> None:
    result = flash_it(board)
    assert result.plan
    assert sorted(result.plan.send) == sorted(app[0].files)
    there = contents(board.flash)
    assert {
        f"{app[0].slot}/{name}": content for name, content in app[0].files.items()
    }.items() <= there.items()
    assert there[POINTER] == app[0].slot.encode()
    assert runs(board.flash) == "runs one one one"
    again = flash_it(board)
    assert again.plan
    assert again.plan.is_done
    assert contents(board.flash) == there
    assert board.resets == 2, "the application that was interrupted has to run again"
    assert dict(report_lines(again))["files"].startswith("nothing to do")


def test_only_what_changed_is_sent_and_the_rest_copied(board: PtyBoard, app: list[Application]) -> None:
    flash_it(board)
    app.append(an_app("one", program=b'{"other":1}'))
    plan = flash_it(board).plan
    assert plan
    assert sorted(plan.send) == [MANIFEST, "programs/easy.json"]
    assert len(plan.copy) == len(app[0].files) - 2
    assert runs(board.flash) == "runs one one one"


def test_a_damaged_file_is_found_and_put_right(board: PtyBoard, app: list[Application]) -> None:
    flash_it(board)
    (board.flash / app[0].slot / "part.py").write_bytes(b"VERSION = 'rotten'\n")
    plan = flash_it(board).plan
    assert plan
    assert plan.send == ["part.py"]
    assert runs(board.flash) == "runs one one one"


def test_what_an_older_application_wrote_into_its_slot_moves_to_the_state_folder_once(
    board: PtyBoard, app: list[Application]
) -> None:
    flash_it(board)
    (board.flash / app[0].slot / "settings.json").write_bytes(b"mine")
    (board.flash / app[0].slot / "learned.json").write_bytes(b"older")
    (board.flash / app[0].slot / "stray.py").write_bytes(b"import trouble")
    state = board.flash / "data" / "state"
    state.mkdir(parents=True)
    (state / "learned.json").write_bytes(b"newer")
    app.append(an_app("two"))
    plan = flash_it(board).plan
    assert plan
    assert plan.carry == ["settings.json"]
    assert (state / "settings.json").read_bytes() == b"mine"
    assert (state / "learned.json").read_bytes() == b"newer"
    assert (board.flash / app[0].slot / "settings.json").read_bytes() == b"mine"
    assert {file.name for file in state.iterdir()} == {"settings.json", "learned.json"}
    there = {name.removeprefix(f"{app[1].slot}/") for name in contents(board.flash) if app[1].slot in name}
    assert there == set(app[1].files), "a slot holds what was flashed, and nothing else"
    assert runs(board.flash) == "runs two two two"


def test_the_state_folder_is_never_touched_again(board: PtyBoard, app: list[Application]) -> None:
    flash_it(board)
    (board.flash / "data" / "state").mkdir(parents=True)
    (board.flash / "data" / "state" / "settings.json").write_bytes(b"mine")
    app.append(an_app("two"))
    assert flash_it(board).plan
    assert (board.flash / "data" / "state" / "settings.json").read_bytes() == b"mine"


def test_an_old_file_that_is_not_what_its_manifest_says_is_sent_instead_of_copied(
    board: PtyBoard, app: list[Application]
) -> None:
    flash_it(board)
    (board.flash / app[0].slot / "part.py").write_bytes(b"VERSION = 'rotten'\n")
    app.append(an_app("one", program=b'{"other":1}'))
    plan = flash_it(board).plan
    assert plan
    assert sorted(plan.send) == [MANIFEST, "part.py", "programs/easy.json"]
    assert "part.py" not in plan.copy
    assert runs(board.flash) == "runs one one one"


def test_only_the_slot_before_is_kept(board: PtyBoard, app: list[Application]) -> None:
    for version in ("one", "two", "three"):
        app.append(an_app(version))
        flash_it(board)
    slots = {path.name for path in board.flash.iterdir() if path.is_dir()}
    assert slots == {app[-1].slot, app[-2].slot}


def test_a_dry_run_writes_nothing(board: PtyBoard, app: list[Application]) -> None:
    result = flash_it(board, dry=True)
    assert contents(board.flash) == {}
    assert dict(report_lines(result))["outcome"] == "a dry run: nothing was written"
    flash_it(board)
    there = contents(board.flash)
    app.append(an_app("two"))
    lines = dict(report_lines(flash_it(board, dry=True)))
    assert "4 would be sent" in lines["files"]
    assert contents(board.flash) == there


def test_an_application_that_fails_its_trial_never_becomes_current(
    board: PtyBoard, app: list[Application]
) -> None:
    flash_it(board)
    app.append(an_app("two", program=b'{"bad":1}'))
    with pytest.raises(DeviceError, match="bad program"):
        flash_it(board)
    assert runs(board.flash) == "runs one one one"


def test_an_application_that_does_not_answer_is_rolled_back(board: PtyBoard, app: list[Application]) -> None:
    flash_it(board)
    app.append(an_app("two"))
    result = flash_it(board, tested=Verdict(False, [], "no answer"))
    assert result.is_rolled_back
    assert not result.is_well
    assert runs(board.flash) == "runs one one one"


def test_an_application_that_answers_stays_even_if_a_sensor_is_unplugged(
    board: PtyBoard, app: list[Application]
) -> None:
    flash_it(board)
    app.append(an_app("two"))
    result = flash_it(board, tested=Verdict(False, [("sensor left.foot", False, "no reading")]))
    assert not result.is_rolled_back
    assert "sensor left.foot: no reading" in dict(report_lines(result))["self-test"]
    assert runs(board.flash) == "runs two two two"


@pytest.mark.usefixtures("app")
def test_a_persons_own_boot_and_main_are_replaced(board: PtyBoard) -> None:
    """They must not start in between, so the pointer to the application comes last."""
    (board.flash / "boot.py").write_text("print('their boot')\n")
    (board.flash / "main.py").write_text("print('their main')\n")
    flash_it(board)
    assert runs(board.flash) == "runs one one one"


# --- cut off at every step ---


class PowerCutError(Exception):
    pass


class CutDevice(Device):
    """Cuts the board's power at the `cut_at`-th step: before it, or half-way through a write."""

    board: PtyBoard
    cut_at = 0
    steps: ClassVar[list[str]] = []

    def write(self, path: str, content: bytes) -> None:
        if self._is_time(f"write {path}"):
            super().write(path, content[: len(content) // 2])
            self._cut()
        super().write(path, content)

    def send(self, folder: str, files: Mapping[str, bytes], is_in_use: bool) -> int:
        """Between two files of an archive, or with half of the last one."""
        for count, (name, content) in enumerate(files.items()):
            if self._is_time(f"send {name}"):
                some = dict(list(files.items())[:count])
                super().send(folder, {**some, name: content[: len(content) // 2]}, is_in_use=False)
                self._cut()
        return super().send(folder, files, is_in_use)

    def copy(self, old: str, new: str, hashes: Mapping[str, str]) -> list[str]:
        for count, name in enumerate(hashes):
            if self._is_time(f"copy {name}"):
                super().copy(old, new, dict(list(hashes.items())[:count]))
                self._cut()
        return super().copy(old, new, hashes)

    def copy_one(self, old: str, new: str) -> bool:
        self._step(f"copy {new}")
        return super().copy_one(old, new)

    def rename(self, path: str, new_name: str) -> None:
        self._step(f"rename {path}")
        super().rename(path, new_name)

    def remove(self, path: str) -> None:
        self._step(f"remove {path}")
        super().remove(path)

    def remove_folder(self, folder: str) -> None:
        self._step(f"remove_folder {folder}")
        super().remove_folder(folder)

    def reset(self) -> None:
        if not self.board.is_off:
            self._step("reset")
        super().reset()

    def _step(self, name: str) -> None:
        if self._is_time(name):
            self._cut()

    def _is_time(self, name: str) -> bool:
        self.steps.append(name)
        return len(self.steps) == self.cut_at

    def _cut(self) -> None:
        self.board.lose_power()
        raise PowerCutError


@pytest.mark.parametrize("is_first", [True, False], ids=["empty board", "old application"])
def test_cut_off_at_any_step_the_old_or_the_new_application_starts(
    tmp_path: Path, app: list[Application], monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    before = tmp_path / "before"
    with_settings = "settings.json"
    if not is_first:
        for version in ("zero", "one"):
            app.append(an_app(version))
            flash_once(before)
        (before / app[-1].slot / with_settings).write_text("mine")
        app.append(an_app("two"))
    new = "runs two two two" if not is_first else "runs one one one"
    old = "runs one one one" if not is_first else ""
    monkeypatch.setattr(flash_module, "Device", CutDevice)
    seen, cut_at = set(), 0
    while True:
        cut_at += 1
        folder = tmp_path / f"cut-{cut_at}"
        copy_tree(before, folder)
        if not cut_off(folder, cut_at):
            break
        started = runs(folder)
        assert started in (old, new), f"cut off at {CutDevice.steps[-1]}"
        seen.add(started)
        # After an interruption a person just flashes again.
        monkeypatch.setattr(flash_module, "Device", Device)
        flash_once(folder)
        monkeypatch.setattr(flash_module, "Device", CutDevice)
        assert runs(folder) == new
        if not is_first:
            assert (folder / "data" / "state" / with_settings).read_text() == "mine"
    assert seen == {old, new}
    assert cut_at > len(app[-1].files)


def cut_off(folder: Path, cut_at: int) -> bool:
    """False when the flashing was over before its `cut_at`-th step."""
    board = PtyBoard(folder)
    CutDevice.board, CutDevice.cut_at, CutDevice.steps = board, cut_at, []
    try:
        flash_it(board)
    except PowerCutError:
        return True
    finally:
        board.close()
    return False


def flash_once(folder: Path) -> None:
    board = PtyBoard(folder)
    try:
        flash_it(board)
    finally:
        board.close()


def copy_tree(source: Path, target: Path) -> None:
    target.mkdir()
    for name, content in contents(source).items() if source.exists() else ():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
