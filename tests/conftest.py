"""For all tests."""

import os
import signal

import pytest

# A shell lets its background jobs ignore Ctrl-C; they would hand that on to every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Without this, every worker would compile the core for itself: a minute of processor time each."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and any(item.nodeid.startswith("tests/sim/test_sessions.py") for item in session.items):
        from tests.compile_first import compile_share

        compile_share(int(worker.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))
