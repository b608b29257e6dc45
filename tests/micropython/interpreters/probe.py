"""Says what the MicroPython that runs it can do, as one JSON line."""

import gc
import json
import sys

import micropython

MODULES = ("array", "binascii", "json", "struct")


class Counter:
    def __init__(self, value: int) -> None:
        self.value = value


def increment_allocates(value: int) -> bool:
    """Whether adding one to `value` needs the heap: it does where the sum is no small integer."""
    counter = Counter(value)
    micropython.heap_lock()
    try:
        counter.value += 1
    except MemoryError:
        return True
    finally:
        micropython.heap_unlock()
    return False


def list_allocates() -> bool:
    micropython.heap_lock()
    try:
        return len([micropython, gc]) == 0
    except MemoryError:
        return True
    finally:
        micropython.heap_unlock()


def small_int_bits() -> int:
    """The smallest n such that 2**n needs the heap."""
    bits = 1
    while not increment_allocates((1 << bits) - 1):
        bits += 1
    return bits


def has_module(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def megabyte_fits() -> bool:
    try:
        return len(bytearray(1 << 20)) > 0
    except MemoryError:
        return False


print(
    json.dumps(
        {
            "port": sys.platform,
            "version": sys.version,
            "mpy_format": sys.implementation._mpy & 0xFF,
            "arguments": sys.argv[1:],
            "maxsize": sys.maxsize,
            "small_int_bits": small_int_bits(),
            "last_small_allocates": increment_allocates((1 << 30) - 2),
            "first_large_allocates": increment_allocates((1 << 30) - 1),
            "list_allocates": list_allocates(),
            "missing_modules": [name for name in MODULES if not has_module(name)],
            "megabyte_fits": megabyte_fits(),
            "float_digits": len(str(1 / 3)),
        }
    )
)
