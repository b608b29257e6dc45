"""One process at a time: the lock goes with its holder, and a file that can't be written is no lock."""

import subprocess
import sys
import time
from pathlib import Path

from host_tools.basics.file_lock import alone, take

HOLDER = """
import sys, time
from pathlib import Path
from host_tools.basics.file_lock import take
lock = take(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "a.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    assert take(path) is None
    holder.kill()
    holder.communicate()
    with alone(path):
        pass


def test_a_child_keeps_the_lock_that_it_inherits(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    lock = take(path)
    assert lock
    with lock:
        child = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fileno()])
    assert take(path) is None
    child.kill()
    child.wait()
    until_s = time.monotonic() + 5
    while (free := take(path)) is None:
        assert time.monotonic() < until_s
    free.close()


def test_where_nothing_can_be_written_nothing_is_locked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert take(tmp_path / "file" / "a.lock") is None
