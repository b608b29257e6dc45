"""Ctrl-C in a tick or in the app, and a second one at any place after it: the vents open all the same.

A person leans on the keys, and a chip looks for Ctrl-C between almost any two bytecodes. So the second one is
put between each two of CPython's, which are more. An exception that leaves the tick is printed and forgotten,
as MicroPython does with what comes out of a timer's call.
"""

import contextlib
import gc
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

import pytest

from host_tools.basics.paths import FIRMWARE
from soleus.core.basics.signals import Readings

MAIN = FIRMWARE / "main.py"
TICK = FIRMWARE / "soleus" / "tick.py"
PARTS = ("read_chambers", "prepare", "step", "apply", "record", "feed")


class Board:
    """All that a tick talks to. The first Ctrl-C comes in the part named `at`."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.is_energised = True
        self.is_fed = False
        self.WATCHDOG = self.sensors = self.outputs = self.session = self.commands = self.boots = self
        self.keep_log = self.battery = None
        self.has_manifold_sensor_only = False
        self.readings = Readings(1)
        self.state = self.fill_bits = self.seal_bits = self.pump_permille = 0

    def __getattr__(self, name: str) -> Callable[..., None]:
        def part(*_: object) -> None:
            if name == self.at:
                self.at = ""
                raise KeyboardInterrupt

        return part

    def vent(self) -> None:
        self.is_energised = False

    def stay_vented(self) -> None:
        self.vent()
        self.is_fed = True


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """MicroPython's names, as far as the tick needs them. What is loaded with them is forgotten again."""
    names = ("Timer", "SoftI2C", "Pin", "PWM", "ADC")
    for name, content in (
        ("machine", dict.fromkeys(names, object)),
        (
            "micropython",
            {"const": lambda value: value, "heap_lock": lambda: None, "heap_unlock": lambda: None},
        ),
    ):
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    for name, act in (("ticks_ms", lambda: 10), ("ticks_us", lambda: 0), ("ticks_diff", lambda a, b: a - b)):
        monkeypatch.setattr(time, name, act, raising=False)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.usefixtures("chip")
@pytest.mark.parametrize("at", PARTS)
def test_ctrl_c_twice_in_a_tick_vents(at: str) -> None:
    places = 0
    while True:
        board = Board(at)
        tick = _tick(board)
        with (
            interrupted_at(TICK, {"run", "_run_or_end", "_run", "_end"}, places) as lines,
            contextlib.suppress(KeyboardInterrupt),
        ):
            tick.run(None)
        # The timer calls again, whatever has become of the last call.
        tick.run(None)
        assert not board.is_energised, f"line {lines}"
        assert isinstance(tick.failure, KeyboardInterrupt)
        if not lines:
            break
        places += 1
    assert places > 10


@pytest.mark.usefixtures("chip")
def test_a_tick_after_a_good_one_is_not_over() -> None:
    tick = _tick(Board(at=""))
    for _ in range(3):
        tick.run(None)
        tick.last_ms = 0
    assert tick.count == 3
    assert not tick.is_over


def test_ctrl_c_twice_on_the_way_out_of_the_app_vents(monkeypatch: pytest.MonkeyPatch) -> None:
    app, package = ModuleType("soleus.app"), ModuleType("soleus")
    report = ModuleType("soleus.services.exit_report")
    vars(report)["leave"] = lambda *_: None
    services = ModuleType("soleus.services")
    vars(services)["exit_report"] = report
    vars(package)["app"] = app
    stand_ins = {"soleus": package, "soleus.app": app, "soleus.services": services}
    stand_ins |= {"soleus.services.exit_report": report, "soleus.core.controller": ModuleType("controller")}
    for name, module in {**stand_ins, "machine": ModuleType("machine")}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(gc, "threshold", lambda _: None, raising=False)
    # A laptop's heap is large, and this is called for each place.
    monkeypatch.setattr(gc, "collect", lambda: 0)
    code = compile(MAIN.read_text(), str(MAIN), "exec")
    places = 0
    while True:
        board = Board(at="run")
        vars(app)["run"] = board.run
        monkeypatch.setitem(sys.modules, "boot", board)  # type: ignore[arg-type]  # as much of it as is used
        functions = {"<module>", "main", "vent_surely"}
        with interrupted_at(MAIN, functions, places) as lines, contextlib.suppress(KeyboardInterrupt):
            exec(code, {})
        assert not board.is_energised, f"line {lines}"
        assert board.is_fed
        if not lines:
            break
        places += 1
    assert places > 10


@contextlib.contextmanager
def interrupted_at(file: Path, functions: set[str], place: int) -> Iterator[list[int]]:
    """Ctrl-C before the bytecode number `place` that these functions run after the first Ctrl-C. Yields the
    line at which it came, if there was such a place."""
    has_begun = False
    seen = 0
    lines: list[int] = []

    def look(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal has_begun, seen
        frame.f_trace_opcodes = True
        if event == "exception":
            has_begun = True
        if event == "opcode" and has_begun and not lines:
            seen += 1
            if seen > place:
                lines.append(frame.f_lineno)
                raise KeyboardInterrupt
        return look

    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:
        is_here = frame.f_code.co_filename == str(file) and frame.f_code.co_name in functions
        return look(frame, "call", None) if is_here else None

    sys.settrace(enter)
    try:
        yield lines
    finally:
        sys.settrace(None)


def _tick(board: Board) -> Any:
    from soleus.tick import Tick

    parts: Any = SimpleNamespace(sensors=board, battery=None, outputs=board)
    tick = Tick(board, parts, None, board, board.record)  # type: ignore[arg-type]  # as much as is used
    tick.last_ms = 0
    return tick
