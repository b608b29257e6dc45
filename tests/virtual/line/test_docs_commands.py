"""What the pages tell a person to ask of a board, typed at one."""

from pathlib import Path

import pytest

from tests.host.docs_commands import PORTS, Documented, documented, is_run
from tests.soleus_command import soleus
from tests.virtual.rig import DEVKIT, running


def at(command: Documented, port: str) -> list[str]:
    words = [port if word in PORTS else word for word in command.words[1:]]
    return words if port in words else [*words, "--port", port]


def test_every_command_for_a_board_runs_as_it_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = [one for one in documented() if is_run(one) and (one.needs_port or one.words[1] == "ask")]
    assert len(asked) >= 8
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        ended = {one.line: soleus(*at(one, board.port)) for one in asked}
    assert {line: status for line, status in ended.items() if status} == {}
