"""The commands that README and docs/ show, as a person would type them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from host_tools.basics.paths import CHECKOUT

STARTS = ("soleus", "make", "mpremote", "python")
# What stands for a port in the examples.
PORTS = ("PORT", "/dev/ttyACM0", "/dev/ttyUSB0", "/dev/pts/5")
# Named in a sentence, not shown as something to type.
_MENTIONED = (
    *("soleus ask", "soleus bench", "soleus flash", "soleus sim", "soleus virtual", "soleus board check"),
    *("soleus journal", "soleus journal add", "soleus log pull", "soleus plan", "soleus plan marathon"),
    *("soleus program check", "soleus bench chip --save", "soleus flash --line-numbers", "soleus log record"),
)
# Forms, such as `soleus board wiring BOARD [-o FOLDER]`, and what stands in them for a name.
_FORM = re.compile(r"[\[|…]|\.\.\.|\b(BOARD|NAME|DO|FILE|FOLDER)\b")


class Documented(NamedTuple):
    page: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        return shlex.join(self.words)

    @property
    def needs_port(self) -> bool:
        return any(port in self.words or f"PORT={port}" in self.words for port in PORTS)


def documented() -> list[Documented]:
    """Each once, in the order of the pages."""
    pages = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
    found = {one.words: one for page in pages for one in _commands_in(page)}
    return list(found.values())


def _commands_in(page: Path) -> Iterator[Documented]:
    text = page.read_text(encoding="utf-8")
    fences = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = fences.findall(text)
    text = fences.sub("", text)
    blocks += re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    pieces = [piece for block in blocks for line in block.splitlines() for piece in re.split(r" {2,}", line)]
    pieces += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text)]
    for piece in pieces:
        command = piece.split(" # ")[0].strip().removeprefix(".venv/bin/").split(" > ")[0]
        if command in _MENTIONED or _FORM.search(command):
            continue
        if command.split(" ")[0] in STARTS and " " in command:
            yield Documented(page.relative_to(CHECKOUT).as_posix(), tuple(shlex.split(command)))


# Why a command isn't run here, by its first words; each is still read by the command line's own parser.
NOT_RUN = {
    "make": "a target, of which CI runs each that is quick enough",
    "mpremote": "tests/virtual/line/test_mpremote.py",
    "python": "a tool of others, or a page of docs/ that takes minutes",
    "soleus ask start": "stays for a whole session: tests/virtual/line/test_command.py",
    "soleus ask actuate": "by the clock: tests/virtual/line/test_command.py",
    "soleus bench chip": "tests/host/chip, on a real MicroPython",
    "soleus bench leak": "minutes: tests/virtual/line/test_bench.py",
    "soleus bench quick": "minutes: tests/virtual/line/test_bench.py",
    "soleus bench --board": "22 minutes of a virtual machine: tests/virtual/line/test_bench.py",
    "soleus bench endurance": "1,000 cycles: tests/sim/test_bench.py",
    "soleus bench history": "a history of months: tests/host/bench/test_bench_cli.py",
    "soleus campaign": "25,000 trials: tests/sim/test_campaign.py",
    "soleus flash": "needs an image: tests/host/flash, tests/virtual/line/test_journey.py",
    "soleus live": "runs until it is ended: tests/host/live",
    "soleus log record": "waits for a session: tests/virtual/test_recorder.py",
    "soleus plan marathon --race-date": "a race in the past is refused: tests/host/plan",
    "soleus plan hamstring-pair": "a run of long ago is refused: tests/host/plan",
    "soleus plan load": "today's session of a plan: tests/host/plan/test_plan_command.py",
    "soleus program compare": "two sessions: tests/sim/test_compare.py",
    "soleus twin": "a minute: tests/sim/test_bench.py",
    "soleus virtual": "runs until it is ended: tests/virtual/line/test_command.py",
}


def is_run(command: Documented) -> bool:
    return not any(command.line.startswith(words) for words in NOT_RUN)
