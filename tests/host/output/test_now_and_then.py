"""Progress without a terminal: a line now and then, none to a terminal, none where it isn't wanted."""

import io

import pytest

from host_tools.bench.measure.line import Line
from host_tools.bench.report import terminal
from host_tools.bench.report.terminal import LiveBench
from host_tools.bench.suite import STEPS
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


@pytest.mark.parametrize("is_quiet", [False, True])
def test_a_bench_without_a_terminal_says_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_quiet: bool
) -> None:
    monkeypatch.setattr(terminal, "NowAndThen", lambda quiet: NowAndThen(quiet, every_s=0))
    with LiveBench(["left.foot"], ("sensors", "leak"), is_quiet) as live:
        live.watching.on_step("leak", [Line("leak", "leak", "", None, 1.0, "test")])
    said = "" if is_quiet else f"step 2 of 2: {STEPS['leak'].title}; 0 of 1 lines, 0 failed\n"
    assert capsys.readouterr().err == said
