# mypy: ignore-errors
# ruff: noqa: PTH116 (MicroPython has no pathlib)
"""The long calls that a chip makes in C, with what they cost: imports, garbage collections, the console;
and the lock on the heap, which Python in the place of C must open.

Nothing of MicroPython is changed: these stand in front of it, and let time pass.
"""

import builtins
import gc as real_gc
import sys as real_sys

import micropython as real_micropython
import wire

_import = builtins.__import__
# A chooser imports these to run them: they jump and call, as no module does that is only loaded.
PROGRAMS = ("boot", "main", "real_main")
# A collection that nobody asked for shows by what it has freed.
_FREED_LEAST_BYTES = 2048
_used_bytes = 0


def put_in_place() -> None:
    builtins.__import__ = _costly_import
    real_sys.modules["gc"] = Collector()
    real_sys.modules["micropython"] = Interpreter()
    real_sys.modules["sys"] = System()


def _costly_import(name: str, *arguments: object) -> object:
    """No timer is called until the whole module is there, with all that it imports."""
    if name in PROGRAMS:
        return _import(name, *arguments)
    before = set(real_sys.modules)
    wire.hold()
    try:
        return _import(name, *arguments)
    finally:
        try:
            new = [module for module in real_sys.modules if module not in before]
            if new:
                wire.say_bytes(wire.IMPORT, 0, new[-1].encode())
                wire.spend(sum([_import_us(real_sys.modules[module]) for module in new]))
        finally:
            wire.release()


def _import_us(module: object) -> float:
    file = getattr(module, "__file__", None)
    if file is None:
        return 0
    import os

    was, wire.costs = wire.costs, {}
    try:
        size = os.stat(file)[6]
    except OSError:
        size = 0
    finally:
        wire.costs = was
    return wire.cost_us("import_module_us") + wire.cost_us("import_kb_us") * size / 1024


class Collector:
    """`gc`, with the time that a collection takes."""

    def __getattr__(self, name: str) -> object:
        return getattr(real_gc, name)

    def collect(self) -> int:
        wire.hold()
        try:
            wire.spend(_collection_us())
            return real_gc.collect()
        finally:
            collected_us()
            wire.release()


def _collection_us() -> float:
    # The unix port's words are twice as wide as a chip's.
    return wire.cost_us("collect_kb_us") * real_gc.mem_alloc() / 2048


def collected_us() -> float:
    """Asked at every tick: how long a collection took that nobody asked for; 0 if there was none since."""
    global _used_bytes
    used_bytes = real_gc.mem_alloc()
    has_freed = used_bytes < _used_bytes - _FREED_LEAST_BYTES
    _used_bytes = used_bytes
    return _collection_us() if has_freed else 0


class Interpreter:
    """`micropython`, whose heap the stand-ins can open."""

    heap_lock = staticmethod(wire.lock_heap)
    heap_unlock = staticmethod(wire.unlock_heap)

    def __getattr__(self, name: str) -> object:
        return getattr(real_micropython, name)


class System:
    """`sys`, with a console whose bytes take their time."""

    def __init__(self) -> None:
        self.stdout = Output(real_sys.stdout)

    def __getattr__(self, name: str) -> object:
        return getattr(real_sys, name)


class Output:
    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.buffer = self

    def write(self, content: object, *part: int) -> int:
        """`part`: the length, or where to begin and the length."""
        count = self.inner.write(content, *part)
        wire.spend(wire.cost_us("console_byte_us") * count)
        return count

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)
