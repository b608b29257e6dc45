"""The `soleus sim` command that repeats a session as a person led it, and the same as a test."""

import shlex
from dataclasses import dataclass, field

from host_tools.sim.request import Request


@dataclass
class Lived:
    """What a person did and broke, each with its moment, as options of `soleus sim`."""

    request: Request
    program: str
    plant: str
    faults: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def break_at(self, fault: str, at_ms: int) -> None:
        self.faults.append(f"{fault}@{_seconds(at_ms)}")

    def mend_at(self, fault: str, at_ms: int) -> None:
        """The newest of that kind that still lasts; one that has hardly begun never was."""
        k = next(k for k in reversed(range(len(self.faults))) if self._lasts(k, fault))
        start_ms = round(float(self.faults[k].rpartition("@")[2].removesuffix("s")) * 1000)
        if at_ms > start_ms:
            self.faults[k] += f"+{_seconds(at_ms - start_ms)}"
        else:
            del self.faults[k]

    def lasting(self) -> list[str]:
        return [fault.partition("@")[0] for fault in self.faults if "+" not in fault]

    def press_at(self, button: str, at_ms: int) -> None:
        self.events.append(f"{button}@{_seconds(at_ms)}")

    def command(self, until_ms: int | None) -> str:
        """`until_ms`: where the session is now, unless it has ended by itself."""
        words = ["soleus", "sim", self.program, "--board", str(self.request.board.name)]
        words += ["--plant", self.plant, "--minutes", str(self.request.minutes)]
        words += ["--pressure", str(self.request.pressure_mmhg), "--seed", str(self.request.seed)]
        words += [word for fault in self.faults for word in ("--fault", fault)]
        words += [word for event in self.events for word in ("--event", event)]
        if until_ms is not None:
            words += ["--until", _seconds(until_ms)]
        return shlex.join(words)

    def test(self, until_ms: int | None, state: str, fault: str) -> str:
        """A file for pytest that holds how the session ended."""
        until = None if until_ms is None else _seconds(until_ms)
        return f'''"""A session as it was led on the page of `soleus live`."""

from host_tools.live.framer import code_of
from host_tools.sim.simulate import simulate
from soleus.core.session.session import STATE_NAMES


def test_the_session_ends_as_it_did_on_the_page() -> None:
    session = simulate(
        {self.program!r},
        {self.request.board.name!r},
        {self.plant!r},
        minutes={self.request.minutes},
        pressure={self.request.pressure_mmhg},
        fault={self.faults!r},
        event={self.events!r},
        seed={self.request.seed},
        until={until!r},
    )
    assert STATE_NAMES[session.controller.session.state] == {state!r}
    assert code_of(session.controller.latch.code) == {fault!r}
'''

    def _lasts(self, k: int, fault: str) -> bool:
        return self.faults[k].partition("@")[0] == fault and "+" not in self.faults[k]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:g}s" if ms < 1_000_000 else f"{ms / 1000:.2f}s"
