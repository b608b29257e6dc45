"""The tool that says what many open pages cost: it compares one line with many, in rates, gaps and memory."""

import os
import re

import pytest

from host_tools.live.frames.frame import Frame
from host_tools.live.load import Phase, compared, load
from host_tools.live.server.in_thread import served
from tests.host.live.fake_source import FakeSource

PHASE_MIN = 0.05


class WithGaps(FakeSource):
    """Tells 17 ms as the longest gap between two ticks."""

    def advance(self, passed_s: float) -> list[Frame]:
        frames = super().advance(passed_s)
        row = [guard["code"] for guard in self.about["guards"]].index("E41")
        for frame in frames:
            frame["near"][row] = (17, 60)
        return frames


def test_one_run_says_what_the_lines_cost_and_whether_ticks_were_later(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(WithGaps()) as server:
        load(server.url, tabs=3, minutes=PHASE_MIN, alone=PHASE_MIN, pid=os.getpid())
    said = capsys.readouterr().out
    assert re.search(r"^1 line for 3 s$", said, re.MULTILINE)
    assert re.search(r"^3 lines for 3 s$", said, re.MULTILINE)
    assert said.count("longest gap between two ticks 17 ms, above 20 ms in 0;") == 2
    assert len(re.findall(r"\d+% of one processor core, memory \d+ MB at first, \d+ at last", said)) == 2
    assert said.splitlines()[-1].startswith("ticks: no later than without them; above 20 ms in 0 of ")


def test_a_later_tick_is_told_as_such() -> None:
    before, with_all = Phase(1, gaps_ms=[12, 17]), Phase(16, gaps_ms=[12, 25, 31])
    words = "ticks: 14 ms later than without them; above 20 ms in 0 of 2 looks, then in 2 of 3 looks"
    assert compared(before, with_all) == words
    assert "nothing had power" in compared(before, Phase(16))
