"""For all tests."""

import os
import signal

import pytest

# A shell lets its background jobs ignore Ctrl-C; they would hand that on to every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
