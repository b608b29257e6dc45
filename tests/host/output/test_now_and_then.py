"""Progress without a terminal: a line now and then, none to a terminal, none where it isn't wanted."""

import io

import pytest

from host_tools.output.now_and_then import NowAndThen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "is_quiet", "said"),
    [(io.StringIO(), False, "3 of 5\n"), (io.StringIO(), True, ""), (Terminal(), False, "")],
)
def test_a_line_when_it_is_due(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, is_quiet: bool, said: str
) -> None:
    clock = iter((0.0, 9.0, 10.0, 10.0, 19.0))
    monkeypatch.setattr("host_tools.output.now_and_then.time.monotonic", lambda: next(clock))
    progress = NowAndThen(is_quiet, stream, every_s=10)
    for words in ("1 of 5", "3 of 5", "4 of 5"):
        progress.say(words)
    assert stream.getvalue() == said
