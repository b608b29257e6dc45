"""The objects that are compiled together, and generated functions that copy them into structs and back."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba import types

from host_tools.sim.compiling.counts import count_plainly
from host_tools.sim.compiling.place import keep_in
from host_tools.sim.compiling.sources import Sources
from host_tools.sim.compiling.structs import struct_class

count_plainly()


class Graph:
    """The objects reachable from a root, each once, children before the parents that hold them."""

    def __init__(self, root: object) -> None:
        self.nodes: list[tuple[Any, types.Type, list[tuple[str, str]]]] = []
        self.scalars: list[tuple[Any, str, str]] = []
        self._counts = {"i": 0, "f": 0}
        self._arrays: list[tuple[Any, np.ndarray]] = []
        self._place: dict[int, str] = {}
        self._types: dict[str, types.Type] = {}
        self.root = self._visit(root)

    def integers(self) -> np.ndarray:
        return np.array([int(getattr(o, a)) for o, a, kind in self.scalars if kind == "i"], np.int64)

    def floats(self) -> np.ndarray:
        return np.array([getattr(o, a) for o, a, kind in self.scalars if kind == "f"], np.float64)

    def arrays(self) -> list[np.ndarray]:
        return [array for _, array in self._arrays]

    def counts(self) -> tuple[int, int]:
        """The number of integers and of floats."""
        return self._counts["i"], self._counts["f"]

    def write_back(self, integers: np.ndarray, floats: np.ndarray, arrays: tuple[np.ndarray, ...]) -> None:
        streams = {"i": iter(integers.tolist()), "f": iter(floats.tolist())}
        for owner, attribute, kind in self.scalars:
            value = next(streams[kind])
            was = getattr(owner, attribute)
            setattr(owner, attribute, bool(value) if isinstance(was, bool) else value)
        for (holder, _), array in zip(self._arrays, arrays, strict=True):
            if isinstance(holder, list):
                holder[:] = array.tolist()
            elif isinstance(holder, np.ndarray) and holder is not array:
                holder[...] = array

    def _visit(self, value: object) -> str:
        if id(value) in self._place:
            return self._place[id(value)]
        if isinstance(value, list | tuple | np.ndarray):
            return self._place_array(value)
        fields = [(name, self._field(value, name, held)) for name, held in _fields(value)]
        struct = _struct_of(type(value), [(name, self._types[place]) for name, place in fields])
        place = f"n{len(self.nodes)}"
        self.nodes.append((value, struct, fields))
        self._place[id(value)], self._types[place] = place, struct
        return place

    def _field(self, owner: object, name: str, value: object) -> str:
        if type(value) in _PLAIN or (isinstance(value, int | float) and not isinstance(value, np.generic)):
            kind = "f" if isinstance(value, float) else "i"
            place = f"{kind}[{self._counts[kind]}]"
            self._counts[kind] += 1
            self.scalars.append((owner, name, kind))
            self._types[place] = types.float64 if kind == "f" else types.int64
            return place
        return self._visit(value)

    def _place_array(self, value: Any) -> str:
        array = value if isinstance(value, np.ndarray) else np.array(value, np.int64)
        place = f"a{len(self._arrays)}"
        self._arrays.append((value, array))
        self._place[id(value)], self._types[place] = place, _type_of(array)
        return place


# Nearly all that objects hold are these. A session's objects are looked through a dozen times, some thousand
# values each, and every other question takes longer than this one.
_PLAIN = frozenset((int, float, bool))


def _struct_of(python_class: type, fields: list[tuple[str, types.Type]]) -> types.Type:
    # Types are kept for good, so that where they lie tells them apart; Numba compares them by long names.
    key = (python_class, tuple([(name, id(type_)) for name, type_ in fields]))
    if key not in _structs:
        _structs[key] = struct_class(python_class)(fields)
    return _structs[key]


_structs: dict[tuple[type, tuple[tuple[str, int], ...]], types.Type] = {}
_array_types: dict[tuple[np.dtype, int, bool, bool, bool], types.Type] = {}


def _type_of(array: np.ndarray) -> types.Type:
    """Numba looks at each array anew, which takes most of a freeze."""
    flags = array.flags
    key = (array.dtype, array.ndim, flags.c_contiguous, flags.f_contiguous, flags.writeable)
    if key not in _array_types:
        _array_types[key] = numba.typeof(array)
    return _array_types[key]


def _fields(value: object) -> Iterator[tuple[str, object]]:
    for name, held in vars(value).items():
        if type(held) in _PLAIN:
            yield name, held
            continue
        is_text = held is None or isinstance(held, str | dict)
        is_texts = isinstance(held, list | tuple) and any(not isinstance(x, int) for x in held)
        if not is_text and not is_texts:
            yield name, held


def shape_of(graph: Graph) -> str:
    """A name for the classes of the graph's objects, and for how they hold each other."""
    key = (graph.root, tuple([(id(struct), *fields) for _, struct, fields in graph.nodes]))
    if key not in _shapes:
        types_ = "".join(str(struct) for _, struct, _ in graph.nodes)
        digest = hashlib.sha256((_builder_source(graph) + types_).encode()).hexdigest()
        _shapes[key] = f"shape_{digest[:16]}"
    return _shapes[key]


_shapes: dict[tuple[str, tuple[tuple[Any, ...], ...]], str] = {}


def builder_for(graph: Graph, sources: Sources) -> ModuleType:
    """A generated module that builds and reads structs of this shape; on disk, so that it is cached."""
    name = shape_of(graph)
    if (name, sources) not in _builders:
        folder = sources.folder()
        path = folder / f"{name}.py"
        if not path.exists():
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_text(_builder_source(graph))
            beside.replace(path)
        # The same shape may be compiled in both folders: two modules, so two names.
        name_here = f"{name}_{folder.name}"
        spec = importlib.util.spec_from_file_location(name_here, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        # Numba's disk cache finds a function's module again by its name.
        sys.modules[name_here] = module
        module.__dict__.update({f"t{k}": struct for k, (_, struct, _) in enumerate(graph.nodes)})
        keep_in(folder)
        spec.loader.exec_module(module)
        _builders[name, sources] = module
    return _builders[name, sources]


_builders: dict[tuple[str, Sources], ModuleType] = {}


def _builder_source(graph: Graph) -> str:
    arrays = [f"a{k}" for k in range(len(graph.arrays()))]
    lines = [
        "import numpy as np",
        "from numba import njit",
        "from numba.experimental.structref import new",
        "",
    ]
    lines += ["@njit(cache=True)", f"def build({', '.join(['i', 'f', *arrays])}):"]
    for k, (_, _, fields) in enumerate(graph.nodes):
        lines.append(f"    n{k} = new(t{k})")
        lines += [f"    n{k}.{name} = {place}" for name, place in fields]
    lines += [f"    return {graph.root}", ""]
    lines += ["@njit(cache=True)", f"def read({graph.root}, integers, floats):"]
    lines += ["    i, f = np.zeros(integers, np.int64), np.zeros(floats, np.float64)"]
    for k, (_, _, fields) in reversed(list(enumerate(graph.nodes))):
        for name, place in fields:
            line = f"{place} = n{k}.{name}"
            lines.append(f"    {line}")
    lines.append(f"    return i, f, ({' '.join(a + ',' for a in arrays)})")
    return "\n".join(lines) + "\n"
