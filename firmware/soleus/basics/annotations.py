"""Names for annotations. MicroPython ignores annotations, and has no `typing`; a type checker needs it."""

try:
    from typing import Any, Callable
except ImportError:
    Any = Callable = object  # pyright: ignore[reportAssignmentType] (a chip ignores them)

__all__ = ("Any", "Callable")
