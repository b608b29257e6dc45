"""Numba's struct types for the classes of the core and the plant, and their methods on them.

The types are made when they are needed. Their methods are made known to Numba when it first compiles:
that takes more than a second, and most processes find everything compiled.
"""

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

from numba import types
from numba.core import event
from numba.experimental import structref
from numba.extending import overload_method, register_jitable

from host_tools.sim.compiling.sources import Sources

# Python calls loops only. What they call needs no door of its own, which saves a fifth of the compiling.
CALLEE = {"no_cfunc_wrapper": True}


class Frozen(structref.StructRefProxy):  # type: ignore[misc]  # Numba has no types to derive from
    """A compiled copy of an object graph, opaque to Python; `thaw` reads it."""


class _Struct(types.StructRef):  # type: ignore[misc]  # Numba has no types to derive from
    """A struct type with a short name.

    By default the name spells out all fields, and through them everything below. It is part of the name of
    each compiled method: the compiled core took 60 MB on the disk that way, and takes 2 MB with short names.
    """

    def __init__(self, fields: list[tuple[str, types.Type]]) -> None:
        super().__init__(fields)
        self.name: str = f"{self._typename}_{hashlib.sha256(repr(self._fields).encode()).hexdigest()[:16]}"


def struct_class(python_class: type) -> type:
    """The struct type that stands for a class."""
    if python_class not in _struct_classes:
        name = f"{python_class.__name__}__{python_class.__module__.replace('.', '__')}"
        made = type(name, (_Struct,), {"__module__": __name__})
        # The disk cache finds types again by module and name.
        setattr(sys.modules[__name__], name, made)
        _struct_classes[python_class] = made
        if _compiler.is_at_work:
            _make_known(python_class)
    return _struct_classes[python_class]


def __getattr__(name: str) -> type:
    """A struct type by its name, for the disk cache, which may read of types that this process hasn't met."""
    class_name, _, module = name.lstrip("_").partition("__")
    if not module:
        raise AttributeError(name)
    class_name = name[: len(name) - len(name.lstrip("_"))] + class_name
    return struct_class(getattr(importlib.import_module(module.replace("__", ".")), class_name))


def will_compile(sources: Sources) -> None:
    """Let Numba know these sources' functions and classes as soon as it compiles."""
    if sources not in _sources:
        _sources.append(sources)
        if _compiler.is_at_work:
            _register(sources)


class _Compiler(event.Listener):  # type: ignore[misc]  # Numba has no types to derive from
    def __init__(self) -> None:
        self.is_at_work = False

    def on_start(self, _event: object) -> None:
        if self.is_at_work:
            return
        self.is_at_work = True
        for python_class in list(_struct_classes):
            _make_known(python_class)
        for sources in _sources:
            _register(sources)

    def on_end(self, _event: object) -> None:
        pass


_compiler = _Compiler()
event.register("numba:compile", _compiler)
_sources: list[Sources] = []
_struct_classes: dict[type, type] = {}
_registered: set[str] = set()


def _register(sources: Sources) -> None:
    for name in sources.modules():
        if name in _registered:
            continue
        _registered.add(name)
        for value in list(vars(importlib.import_module(name)).values()):
            if getattr(value, "__module__", None) != name:
                continue
            if inspect.isfunction(value):
                register_jitable(**CALLEE)(value)
            elif inspect.isclass(value) and not issubclass(value, BaseException):
                struct_class(value)


def _make_known(python_class: type) -> None:
    """To Numba: the type's fields, and the class's methods, inherited ones too."""
    struct = _struct_classes[python_class]
    structref.register(struct)
    structref.define_boxing(struct, Frozen)
    for method_name, method in inspect.getmembers(python_class, inspect.isfunction):
        if not method_name.startswith("__"):
            overload_method(struct, method_name, jit_options=CALLEE)(_always(method))


def _always(method: Callable[..., Any]) -> Callable[..., Any]:
    """Numba asks an overload for its implementation by the parameters' names; it is always the same."""
    parameters = ", ".join(inspect.signature(method).parameters)
    namespace = {"method": method}
    exec(f"def implementation({parameters}):\n    return method\n", namespace)
    implementation: Any = namespace["implementation"]
    # It compares annotations too, so they have to be the method's own.
    implementation.__signature__ = inspect.signature(method)
    return implementation
