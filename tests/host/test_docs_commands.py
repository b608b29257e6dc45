"""Every command that README and docs/ show is one that works as it stands there."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import typer

from host_tools.basics.paths import CHECKOUT
from host_tools.cli import app
from host_tools.sim import simulate
from tests.host.docs_commands import NOT_RUN, Documented, documented, is_run
from tests.soleus_command import soleus

COMMANDS = documented()
ON_THE_LAPTOP = [one for one in COMMANDS if is_run(one) and not one.needs_port and one.words[1] != "ask"]
SIMULATED = [one for one in ON_THE_LAPTOP if one.words[1] == "sim" and one.page != "README.md"]
# A short session is enough to show that a recording is one.
SHORT = ("--until", "3m")


def test_the_pages_show_commands_of_every_kind() -> None:
    assert len(COMMANDS) > 90
    assert {one.words[1] for one in COMMANDS if one.words[0] == "soleus"} >= {"sim", "log", "ask", "flash"}
    unused = [words for words in NOT_RUN if not any(one.line.startswith(words) for one in COMMANDS)]
    assert unused == []


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if one.words[0] == "soleus"], ids=lambda one: one.line
)
def test_the_command_line_knows_every_word(command: Documented) -> None:
    found: Any = typer.main.get_command(app)
    words = list(command.words[1:])
    context = typer.Context(found)
    while hasattr(found, "resolve_command"):
        name, found, words = found.resolve_command(context, words)
        context = typer.Context(found, parent=context, info_name=name)
    found.make_context(found.name, words, resilient_parsing=not words)


class _IsWholeError(Exception):
    """The request could be made: what it asks for is simulated elsewhere."""


@pytest.mark.parametrize(
    "command", [one for one in SIMULATED if "--record" not in one.words], ids=lambda one: one.line
)
def test_a_session_that_a_page_shows_can_be_asked_for(
    command: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/sim runs those of docs/safety.md, and says what each comes to."""

    def run(*_: object, **__: object) -> None:
        raise _IsWholeError

    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setattr(simulate, "run", run)
    with pytest.raises(_IsWholeError):
        soleus(*command.words[1:])


def test_every_other_command_runs_as_it_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the pages, in one folder, with what a reader has: a program, a recording, tests/."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOLEUS_JOURNAL", str(tmp_path / "journal.db"))
    shutil.copy(CHECKOUT / "firmware" / "programs" / "easy-run.toml", "my.toml")
    assert soleus("sim", "easy-run", "--record", "whole.slog", *SHORT) == 0
    Path("logs").mkdir()
    Path("tests").mkdir()
    shutil.copy("whole.slog", "logs/000012.slog")
    others = [one for one in ON_THE_LAPTOP if one not in SIMULATED]
    assert len(others) >= 9
    ended = {one.line: soleus(*one.words[1:]) for one in others}
    assert {line: status for line, status in ended.items() if status} == {}
