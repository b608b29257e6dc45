"""The real mpremote, unmodified, can't tell a virtual board from a real one."""

import subprocess
import sys
from pathlib import Path

from tests.virtual.rig import DEVKIT, running, start_session


def mpremote(port: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "mpremote", "connect", port, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_everything_that_mpremote_does(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(bytes(range(32, 127)) * 20)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mounted.py").write_text("print('from the laptop')\n")
    with running(DEVKIT, tmp_path, has_own_time=False) as (board, console):
        console.close()
        assert mpremote(board.port, "exec", "print(6 * 7)").strip() == "42"
        mpremote(board.port, "fs", "cp", str(tmp_path / "note.txt"), ":note.txt")
        assert board.flash.read("/note.txt") == (tmp_path / "note.txt").read_bytes()
        assert "1900 note.txt" in mpremote(board.port, "resume", "fs", "ls")
        assert "0123456789" in mpremote(board.port, "resume", "fs", "cat", ":note.txt")
        mounted = mpremote(board.port, "mount", str(tmp_path / "folder"), "exec", "import mounted")
        assert "from the laptop" in mounted
        assert "from the laptop" in mpremote(board.port, "run", str(tmp_path / "folder" / "mounted.py"))
        mpremote(board.port, "soft-reset")
        assert board.journal.happenings[-1].what == "boot: soft reset"
        mpremote(board.port, "reset")
        board.wait_until(lambda b: b.journal.happenings[-1].what == "boot: machine.reset", 5)


def test_connecting_in_the_middle_of_a_session_vents_first(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        start_session(board, console)
        console.close()
        assert not board.is_vented()
        assert mpremote(board.port, "exec", "print('prompt')").strip() == "prompt"
        assert board.is_vented()
        board.run_until(lambda b: b.highest_mmhg() < 10, 5)


def test_a_prompt_is_not_bitten_by_the_watchdog(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path, has_own_time=False) as (board, console):
        console.close()
        mpremote(board.port, "exec", "import time; time.sleep(2.5)")
        assert not [h for h in board.journal.happenings if "watchdog" in h.what]
