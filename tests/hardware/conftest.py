"""`make chip PORT=...`: tests of whatever is at a port. Without --port nothing here is collected."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from host_tools.catalogue.boards import Board as BoardFile
from host_tools.catalogue.boards import load_board
from tests.hardware.needs_plant import NEEDS_PLANT
from tests.hardware.rig import Board

Note = Callable[[float, str], None]
FIGURE = "figure"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--port", help="a flashed board's port, such as /dev/ttyUSB0; `soleus virtual` prints one"
    )
    parser.addoption("--board", help="its board file or name, if it isn't one of Soleus's own")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:  # noqa: ARG001 (pytest's own signature)
    return None if config.getoption("--port", None) else True


@pytest.fixture(scope="session")
def _connected(request: pytest.FixtureRequest) -> Iterator[Board]:
    port = request.config.getoption("--port")
    try:
        board = Board(port)
    except OSError as error:
        pytest.exit(f"{port}: a serial port that is free ({error.strerror or error})", returncode=2)
    try:
        board.ensure_app()
    except TimeoutError:
        pytest.exit(f"{port}: a board that runs Soleus; `soleus flash` puts it there", returncode=2)
    yield board
    board.close()


@pytest.fixture
def board(_connected: Board) -> Board:
    """The board with its application running, whatever the test before has left."""
    _connected.ensure_app()
    _connected.console.events.clear()
    return _connected


@pytest.fixture
def board_file(board: Board, request: pytest.FixtureRequest) -> BoardFile:
    return load_board(request.config.getoption("--board") or board.ask("hello")["board"])


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Notes a figure with its unit for the table at the end."""
    return lambda value, unit: record_property(FIGURE, f"{value:.3g} {unit}")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = [
        (report, verdict)
        for verdict in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(verdict, [])
        if report.when == "call" or verdict != "passed"
    ]
    if not reports:
        return
    terminalreporter.section("what is at the port")
    for report, verdict in sorted(reports, key=lambda pair: pair[0].nodeid):
        words = report.nodeid.partition("::test_")[2].replace("_", " ")
        figures = ", ".join(str(value) for name, value in report.user_properties if name == FIGURE)
        terminalreporter.line(f"{verdict:<8}{words:<64}{figures}")
    terminalreporter.section("these need a plant, and were not run: `soleus bench`, or a virtual board")
    for what, where in NEEDS_PLANT:
        terminalreporter.line(f"{what:<64}{where}")
