"""For all tests."""

import os
import signal
from pathlib import Path

import pytest

BY_THE_CLOCK = "by_the_clock"

# Each worker has a core of its own: more threads of linear algebra would only wait for each other, busily.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A shell lets its background jobs ignore Ctrl-C; they would hand that on to every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The run by the clock reads only files with such tests: all of them take each worker many seconds."""
    if config.getoption("markexpr") != BY_THE_CLOCK or not collection_path.match("test_*.py"):
        return None
    return None if BY_THE_CLOCK in collection_path.read_text() else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every other run sees all files, and makes sure that the run by the clock will find its own."""
    for item in items:
        if item.get_closest_marker(BY_THE_CLOCK) and BY_THE_CLOCK not in item.path.read_text():
            raise pytest.UsageError(f"{item.path}: write the mark {BY_THE_CLOCK} into the test's own file")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Without this, every worker would compile the core for itself: a minute of processor time each.

    The last worker begins where the tests of whole sessions are; the first begins with the core's, which need
    nothing compiled. A worker that needs a kind of session too early waits for it. This hook comes last:
    until each worker has said what it found, none of them gets a test.
    """
    worker, workers = os.environ.get("PYTEST_XDIST_WORKER"), os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    is_last = worker == f"gw{int(workers) - 1}"
    if is_last and any(item.nodeid.startswith("tests/sim/test_sessions.py") for item in session.items):
        from tests.compile_first import compile_sessions

        compile_sessions()
