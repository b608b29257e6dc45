"""`python -m host_tools.live.load URL`: what many open pages cost a `soleus live` that runs somewhere.

It opens one line as a page does and reads it for a while, then so many, and compares: updates a second, the
longest silence, gaps between two ticks of the machine, and what the server's process took. A machine that has
to be started is: `--start` presses through a virtual board's panel.
"""

import json
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import numpy as np
import typer
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from host_tools.basics.errors import InputError

LOOK_EVERY_S = 1.0
# What a person who is used to boots presses, from a dark panel to a session that runs; each after reading.
TO_START = ("start", *["louder"] * 6, "start")
READING_S = 1.2
STARTS_MOST_S = 60.0
POWERED = ("checking", "running", "venting")
# A gap that somebody would call late; ticks come every 10 ms.
LATE_MS = 20


class _Tab:
    """Counts what comes, as a page that takes everything."""

    def __init__(self, url: str) -> None:
        self.heard_s: list[float] = []
        self.bytes = 0
        self._at_end = ExitStack()
        self.line = self._at_end.enter_context(_line(url))
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def take(self, message: str) -> None:
        """What else a tab does with a message."""

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        self._at_end.close()

    def _read(self) -> None:
        try:
            for message in self.line:
                self.heard_s.append(time.monotonic())
                self.bytes += len(message)
                self.take(str(message))
                if self._is_over.is_set():
                    return
        except ConnectionClosed:
            return


class Watcher(_Tab):
    """One of them reads what it gets: the machine's state, its time, and the gaps between its ticks."""

    def __init__(self, url: str) -> None:
        self.state = ""
        self.at_ms = 0
        self.gap_ms: float | None = None
        self._tick_row = -1
        super().__init__(url)

    def take(self, message: str) -> None:
        said = json.loads(message)
        if said["kind"] == "hello":
            codes = [guard["code"] for guard in said["lanes"][0]["about"]["guards"]]
            self._tick_row = codes.index("E41")
        frames = said["lanes"][0].get("frames") if said["kind"] == "update" else None
        if frames:
            near = frames[-1]["near"][self._tick_row]
            self.state, self.at_ms = frames[-1]["state"], frames[-1]["at_ms"]
            self.gap_ms = near[0] if near else None

    def press(self, button: str) -> None:
        self.line.send(json.dumps({"id": 1, "do": "press", "button": button}))


@dataclass
class Phase:
    """What was seen with so many lines."""

    lines: int
    passed_s: float = 0.0
    rates: list[float] = field(default_factory=list)
    silence_s: float = 0.0
    sent_kb_s: float = 0.0
    machine_s: float = 0.0
    # One a second while something had power: the longest gap of the last seconds, as the page shows it.
    gaps_ms: list[float] = field(default_factory=list)
    cpu_share: float = 0.0
    memory_mb: list[float] = field(default_factory=list)

    @property
    def longest_gap_ms(self) -> float:
        return max(self.gaps_ms, default=0.0)

    @property
    def late_count(self) -> int:
        return sum(gap_ms > LATE_MS for gap_ms in self.gaps_ms)

    def __str__(self) -> str:
        behind_s = max(self.passed_s - self.machine_s, 0.0)
        text = (
            f"{self.lines} line{'s' * (self.lines != 1)} for {self.passed_s:.0f} s\n"
            f"  {min(self.rates):.1f} to {max(self.rates):.1f} updates a second each, longest silence "
            f"{self.silence_s * 1000:.0f} ms, {self.sent_kb_s:.0f} KB/s in all\n"
            f"  {len(self.gaps_ms)} looks under power: longest gap between two ticks "
            f"{self.longest_gap_ms:.0f} ms, above {LATE_MS} ms in {self.late_count}; "
            f"its time fell {behind_s:.1f} s behind the clock"
        )
        if not self.memory_mb:
            return text
        first, *_, last = (self.memory_mb[0], *self.memory_mb)
        return (
            f"{text}\n  {self.cpu_share:.0%} of one processor core, memory {first:.0f} MB at first, "
            f"{last:.0f} at last, {max(self.memory_mb):.0f} at most"
        )


def load(
    url: Annotated[str, typer.Argument(help="As `soleus live` printed it.")],
    tabs: Annotated[int, typer.Option(min=1, max=32)] = 16,
    minutes: Annotated[float, typer.Option(min=0.05, help="With all of them.")] = 10.0,
    alone: Annotated[float, typer.Option(min=0.05, help="Minutes with one line, before.")] = 5.0,
    pid: Annotated[int, typer.Option(help="Of soleus live, for its memory and its time.")] = 0,
    start: Annotated[bool, typer.Option("--start", help="Press through a virtual board's panel.")] = False,
) -> None:
    """Read one line, then so many, and say what each got and what it cost."""
    watcher = Watcher(url)
    if start:
        start_at_the_panel(watcher)
    before = _watched([watcher], alone * 60, pid)
    print(before, flush=True)
    opened = [watcher, *(_Tab(url) for _ in range(tabs - 1))]
    with_all = _watched(opened, minutes * 60, pid)
    print(with_all)
    for tab in opened:
        tab.close()
    print(compared(before, with_all))


def start_at_the_panel(watcher: Watcher) -> None:
    for button in TO_START:
        time.sleep(READING_S)
        watcher.press(button)
    until_s = time.monotonic() + STARTS_MOST_S
    while watcher.state != "running":
        if time.monotonic() > until_s:
            raise InputError("--start", "state", watcher.state, "running, after all that was pressed")
        time.sleep(LOOK_EVERY_S)


def compared(before: Phase, with_all: Phase) -> str:
    """Whether a tick was late that wasn't late without them."""
    if not before.gaps_ms or not with_all.gaps_ms:
        return "ticks: nothing had power, or this machine doesn't tell"
    later_ms = with_all.longest_gap_ms - before.longest_gap_ms
    words = "no later" if later_ms <= 0 else f"{later_ms:.0f} ms later"
    late = [f"{each.late_count} of {len(each.gaps_ms)} looks" for each in (before, with_all)]
    return f"ticks: {words} than without them; above {LATE_MS} ms in {', then in '.join(late)}"


def _watched(tabs: list[Any], for_s: float, pid: int) -> Phase:
    watcher, phase = tabs[0], Phase(len(tabs))
    heard_before = [len(tab.heard_s) for tab in tabs]
    bytes_before = sum(tab.bytes for tab in tabs)
    began_s, began_cpu_s, began_ms = time.monotonic(), _cpu_s(pid), watcher.at_ms
    while time.monotonic() < began_s + for_s:
        time.sleep(LOOK_EVERY_S)
        if watcher.state in POWERED and watcher.gap_ms is not None:
            phase.gaps_ms.append(watcher.gap_ms)
        if pid:
            phase.memory_mb.append(_memory_mb(pid))
    phase.passed_s = time.monotonic() - began_s
    phase.machine_s = (watcher.at_ms - began_ms) / 1000
    heard_s = [tab.heard_s[first:] for tab, first in zip(tabs, heard_before, strict=True)]
    phase.rates = [len(moments) / phase.passed_s for moments in heard_s]
    phase.silence_s = max(float(np.diff(moments).max()) for moments in heard_s if len(moments) > 1)
    phase.sent_kb_s = (sum(tab.bytes for tab in tabs) - bytes_before) / phase.passed_s / 1000
    phase.cpu_share = (_cpu_s(pid) - began_cpu_s) / phase.passed_s
    return phase


def _line(url: str) -> ClientConnection:
    place = urlsplit(url)
    origin = Origin(f"http://{place.netloc}")
    try:
        return connect(f"ws://{place.netloc}/line?{place.query}", origin=origin, max_size=None)
    except (WebSocketException, OSError) as error:
        raise InputError("URL", "", url, f"the address that `soleus live` printed ({error})") from None


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def _cpu_s(pid: int) -> float:
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # User and system time in ticks of the clock, a hundred a second on every Linux.
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    try:
        typer.run(load)
    except InputError as error:
        sys.exit(f"soleus: {error}")
