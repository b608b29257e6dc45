"""Work shared out to processes: every result comes, and Ctrl-C ends all of it at once and without a word."""

import os
import signal
import subprocess
import sys
import time

import pytest

from host_tools.basics.crew import shared_out

_SLEEPERS = """
import time
from host_tools.basics.crew import shared_out
print("begins", flush=True)
try:
    list(shared_out(time.sleep, {0: 60, 1: 60, 2: 60}, 2))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_every_task_comes_back_with_its_number() -> None:
    assert dict(shared_out(abs, {number: -number for number in range(5)}, 2)) == {n: n for n in range(5)}
    assert list(shared_out(abs, {}, 2)) == []


def test_what_a_worker_raises_is_raised_here() -> None:
    with pytest.raises(TypeError, match="abs"):
        list(shared_out(abs, {0: "no number"}, 1))


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(ChildProcessError, match="status 3"):
        list(shared_out(os._exit, {0: 3}, 1))


# While the workers import, and while they work.
@pytest.mark.parametrize("after_s", [0.02, 0.1, 0.3, 1.5])
def test_ctrl_c_ends_all_of_it(after_s: float) -> None:
    command = [sys.executable, "-c", _SLEEPERS]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begins\n"
        time.sleep(after_s)
        # To all of them, as a terminal does.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (out, err) == ("interrupted\n", "")
