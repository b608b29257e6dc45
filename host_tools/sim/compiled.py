"""Runs the core's own source at machine speed: plain objects in, Numba structs out.

The core is written for MicroPython: classes that hold integers, lists of integers and each other.
`freeze` copies such an object graph into Numba structs of the same shape, and every method and
function of the registered modules becomes callable on them, compiled from the very file that goes
on the chip. `thaw` copies the state back. Nothing is translated by hand, so nothing can drift;
tests/sim/test_compiled.py compares the two tick by tick all the same.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import numba

from host_tools.sim.compiling import sources as kept
from host_tools.sim.compiling.graph import Graph, builder_for, shape_of
from host_tools.sim.compiling.place import keep_in
from host_tools.sim.compiling.sources import EVERYTHING, PLANT, Sources
from host_tools.sim.compiling.structs import Frozen, will_compile

F = TypeVar("F", bound=Callable[..., Any])


def freeze(root: object, sources: Sources = EVERYTHING) -> Frozen:
    """A compiled copy of `root` and of all that it holds; names and other text stay behind."""
    will_compile(sources)
    graph = Graph(root)
    return builder_for(graph, sources).build(graph.integers(), graph.floats(), *graph.arrays())


def thaw(frozen: Frozen, root: object, sources: Sources = EVERYTHING) -> None:
    """Write the state of `frozen` back into the objects that it was made from."""
    graph = Graph(root)
    builder = builder_for(graph, sources)
    integers, floats, arrays = builder.read(frozen, *graph.counts())
    graph.write_back(integers, floats, arrays)


def compiled(function: F) -> F:
    """Compile a loop over frozen objects, kept on disk for the next process."""
    return _compiled_with(EVERYTHING, function)


def compiled_plant(function: F) -> F:
    """The same for a function of the plant alone: a change in the core leaves it as it is."""
    return _compiled_with(PLANT, function)


def _compiled_with(sources: Sources, function: F) -> F:
    will_compile(sources)
    keep_in(sources.folder())
    return numba.njit(cache=True)(function)


def is_compiled(roots: Iterable[object], sources: Sources = EVERYTHING) -> bool:
    """Has the loop over objects of these shapes been compiled, with the sources as they are now?"""
    return _mark_of(roots, sources).exists()


def compiled_once(roots: Iterable[object], sources: Sources = EVERYTHING) -> AbstractContextManager[None]:
    """Around the first use of the loop over these objects: of several processes, one compiles it."""
    return kept.compiled_once(_mark_of(roots, sources))


def _mark_of(roots: Iterable[object], sources: Sources) -> Path:
    folder = sources.folder()
    shapes = "".join(shape_of(Graph(root)) for root in roots)
    return folder / f"loop_{hashlib.sha256(shapes.encode()).hexdigest()[:16]}.done"


def compile_for(function: Callable[..., Any], *arguments: object) -> None:
    """Compile a function for arguments of these kinds, or fetch it from the disk, without calling it."""
    dispatcher: Any = function
    dispatcher.compile(tuple(numba.typeof(argument) for argument in arguments))


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function as CPython runs it."""
    dispatcher: Any = function
    return dispatcher.py_func
