"""Runs the core's own source at machine speed: plain objects in, Numba structs out.

The core is written for MicroPython: classes that hold integers, lists of integers and each other.
`freeze` copies such an object graph into Numba structs of the same shape, and every method and
function of the registered modules becomes callable on them, compiled from the very file that goes
on the chip. `thaw` copies the state back. Nothing is translated by hand, so nothing can drift;
tests/sim/test_compiled.py compares the two tick by tick all the same.
"""

import hashlib
import importlib
import importlib.util
import inspect
import os
import pkgutil
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import numba
import numpy as np
import platformdirs
from numba import types
from numba.experimental import structref
from numba.extending import overload_method, register_jitable

from host_tools.basics.file_lock import alone

CACHES_KEPT = 12

# Python calls loops only. What they call needs no door of its own, which saves a fifth of the compiling.
CALLEE = {"no_cfunc_wrapper": True}

F = TypeVar("F", bound=Callable[..., Any])


class Frozen(structref.StructRefProxy):  # type: ignore[misc]  # Numba has no types to derive from
    """A compiled copy of an object graph, opaque to Python; `thaw` reads it."""


@dataclass(frozen=True)
class Sources:
    """Packages that are compiled together. What comes of them is kept until one of their files changes."""

    packages: tuple[str, ...]

    def folder(self) -> Path:
        return _prepare(self)


PLANT = Sources(("host_tools.plant",))
EVERYTHING = Sources(("soleus.core", "host_tools.plant", "host_tools.benchmark.peers"))


def freeze(root: object, sources: Sources = EVERYTHING) -> Frozen:
    """A compiled copy of `root` and of all that it holds; names and other text stay behind."""
    sources.folder()
    graph = _Graph(root)
    return _builder(graph, sources).build(graph.integers(), graph.floats(), *graph.arrays())


def thaw(frozen: Frozen, root: object, sources: Sources = EVERYTHING) -> None:
    """Write the state of `frozen` back into the objects that it was made from."""
    graph = _Graph(root)
    builder = _builder(graph, sources)
    integers, floats, arrays = builder.read(frozen, len(graph.integers()), len(graph.floats()))
    graph.write_back(integers, floats, arrays)


def compiled(function: F) -> F:
    """Compile a loop over frozen objects, kept on disk for the next process."""
    return _compiled_with(EVERYTHING, function)


def compiled_plant(function: F) -> F:
    """The same for a function of the plant alone: a change in the core leaves it as it is."""
    return _compiled_with(PLANT, function)


def _compiled_with(sources: Sources, function: F) -> F:
    # Numba looks up the folder when it makes the function's cache.
    numba.config.CACHE_DIR = str(sources.folder())
    return numba.njit(cache=True)(function)


def is_compiled(roots: Iterable[object], sources: Sources = EVERYTHING) -> bool:
    """Has the loop over objects of these shapes been compiled, with the sources as they are now?"""
    return _mark_of(roots, sources).exists()


@contextmanager
def compiled_once(roots: Iterable[object], sources: Sources = EVERYTHING) -> Iterator[None]:
    """Around a loop's first use: one process compiles it, and the others wait for what it kept."""
    mark = _mark_of(roots, sources)
    if mark.exists():
        yield
        return
    with alone(mark.with_suffix(".lock")):
        yield
        mark.touch()


def _mark_of(roots: Iterable[object], sources: Sources) -> Path:
    folder = sources.folder()
    shapes = "".join(_shape(_Graph(root)) for root in roots)
    return folder / f"loop_{hashlib.sha256(shapes.encode()).hexdigest()[:16]}.done"


def compile_for(function: Callable[..., Any], *arguments: object) -> None:
    """Compile a function for arguments of these kinds, or fetch it from the disk, without calling it."""
    dispatcher: Any = function
    dispatcher.compile(tuple(numba.typeof(argument) for argument in arguments))


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function as CPython runs it."""
    dispatcher: Any = function
    return dispatcher.py_func


class _Struct(types.StructRef):  # type: ignore[misc]  # Numba has no types to derive from
    """A struct type with a short name.

    By default the name spells out all fields, and through them everything below. It is part of the name of
    each compiled method: the compiled core took 60 MB on the disk that way, and takes 2 MB with short names.
    """

    def __init__(self, fields: list[tuple[str, types.Type]]) -> None:
        super().__init__(fields)
        self.name: str = f"{self._typename}_{hashlib.sha256(repr(self._fields).encode()).hexdigest()[:16]}"


class _Graph:
    """The objects reachable from a root, each once, children before the parents that hold them."""

    def __init__(self, root: object) -> None:
        self.nodes: list[tuple[Any, types.Type, list[tuple[str, str]]]] = []
        self.scalars: list[tuple[Any, str, str]] = []
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
        struct = _struct_class(type(value))([(name, self._types[place]) for name, place in fields])
        place = f"n{len(self.nodes)}"
        self.nodes.append((value, struct, fields))
        self._place[id(value)], self._types[place] = place, struct
        return place

    def _field(self, owner: object, name: str, value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, np.generic):
            kind = "f" if isinstance(value, float) else "i"
            place = f"{kind}[{sum(k == kind for *_, k in self.scalars)}]"
            self.scalars.append((owner, name, kind))
            self._types[place] = types.float64 if kind == "f" else types.int64
            return place
        return self._visit(value)

    def _place_array(self, value: Any) -> str:
        array = value if isinstance(value, np.ndarray) else np.array(value, np.int64)
        place = f"a{len(self._arrays)}"
        self._arrays.append((value, array))
        self._place[id(value)], self._types[place] = place, numba.typeof(array)
        return place


def _fields(value: object) -> Iterator[tuple[str, object]]:
    for name, held in vars(value).items():
        is_text = held is None or isinstance(held, str | dict)
        is_texts = isinstance(held, list | tuple) and any(not isinstance(x, int) for x in held)
        if not is_text and not is_texts:
            yield name, held


_struct_classes: dict[type, type] = {}
_builders: dict[tuple[str, Sources], ModuleType] = {}
_registered: set[str] = set()


@cache
def _prepare(sources: Sources) -> Path:
    """Make the functions and classes of these sources known to Numba; the folder for what it compiles."""
    modules = [module for package in sources.packages for module in _modules_of(package)]
    _register([module for module in modules if module.__name__ not in _registered])
    return _cache_folder(modules)


def _register(modules: list[ModuleType]) -> None:
    for module in modules:
        _registered.add(module.__name__)
        for value in list(vars(module).values()):
            if getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(value):
                register_jitable(**CALLEE)(value)
            elif inspect.isclass(value) and not issubclass(value, BaseException):
                _struct_class(value)


def _modules_of(package: str) -> list[ModuleType]:
    """The modules of a package and of the rooms below it."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return [importlib.import_module(module.name) for module in found if not module.ispkg]


def _cache_folder(modules: list[ModuleType]) -> Path:
    """One folder for each state of the sources: Numba sees a change in the loop, but not in what it calls."""
    digest = hashlib.sha256(f"{sys.version}{numba.__version__}".encode())
    for source in [__file__, *(module.__file__ for module in modules)]:
        digest.update(Path(str(source)).read_bytes())
    base = cache_folder() / "compiled"
    folder = base / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    for stale in sorted(base.iterdir(), key=_age_of)[:-CACHES_KEPT]:
        shutil.rmtree(stale, ignore_errors=True)
    return folder


def cache_folder() -> Path:
    return Path(os.environ.get("SOLEUS_CACHE_DIR") or platformdirs.user_cache_dir("soleus"))


def _age_of(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        # Another process was quicker.
        return 0.0


def _struct_class(python_class: type) -> type:
    """The Numba struct type that stands for a class, with its methods on it, inherited ones too."""
    if python_class not in _struct_classes:
        name = python_class.__module__.replace(".", "_") + "_" + python_class.__name__
        struct_class = type(name, (_Struct,), {"__module__": __name__})
        # The disk cache finds types again by module and name.
        setattr(sys.modules[__name__], name, struct_class)
        structref.register(struct_class)
        structref.define_boxing(struct_class, Frozen)
        for method_name, method in inspect.getmembers(python_class, inspect.isfunction):
            if not method_name.startswith("__"):
                overload_method(struct_class, method_name, jit_options=CALLEE)(_always(method))
        _struct_classes[python_class] = struct_class
    return _struct_classes[python_class]


def _always(method: Callable[..., Any]) -> Callable[..., Any]:
    """Numba asks an overload for its implementation by the parameters' names; it is always the same."""
    parameters = ", ".join(inspect.signature(method).parameters)
    namespace = {"method": method}
    exec(f"def implementation({parameters}):\n    return method\n", namespace)
    implementation: Any = namespace["implementation"]
    # It compares annotations too, so they have to be the method's own.
    implementation.__signature__ = inspect.signature(method)
    return implementation


def _shape(graph: _Graph) -> str:
    """A name for the classes of the graph's objects, and for how they hold each other."""
    types_ = "".join(str(struct) for _, struct, _ in graph.nodes)
    return "shape_" + hashlib.sha256((_builder_source(graph) + types_).encode()).hexdigest()[:16]


def _builder(graph: _Graph, sources: Sources) -> ModuleType:
    """A generated module that builds and reads structs of this shape; on disk, so that it is cached."""
    name = _shape(graph)
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
        numba.config.CACHE_DIR = str(folder)
        spec.loader.exec_module(module)
        _builders[name, sources] = module
    return _builders[name, sources]


def _builder_source(graph: _Graph) -> str:
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
