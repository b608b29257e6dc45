"""Names for annotations, which MicroPython reads past: the chip has no `typing`, the type checker does."""

try:
    from typing import Any, Callable
except ImportError:
    Any = Callable = object  # pyright: ignore[reportAssignmentType] (on a chip they are read past)

__all__ = ("Any", "Callable")
