# mypy: ignore-errors
# ruff: noqa: PTH107, PTH116, PTH123 (MicroPython has no pathlib)
"""Harm for a virtual board, done once the file /outside/bang is there. Runs in MicroPython, not here."""

import gc
import os
import time

import wire

HOG = []
MISSED = []


def is_armed() -> bool:
    try:
        os.stat("/outside/bang")
        return True
    except OSError:
        return False


def trap(owner: object, name: str, act: object) -> None:
    """From now on `owner.name` looks for the file first, and calls `act` when it is there."""
    inner = getattr(owner, name)

    def trapped(*arguments: object) -> object:
        if is_armed():
            act()
        return inner(*arguments)

    setattr(owner, name, trapped)


def trap_step(owner: object, act: object) -> None:
    """The same for the core's step, which a tick calls with the heap locked: a list of arguments would need
    memory."""
    inner = owner.step

    def trapped(controller: object, readings: object, dt_ms: int) -> object:
        was_locked = wire.open_heap()
        has_come = is_armed()
        wire.close_heap(was_locked)
        if has_come:
            act()
        return inner(controller, readings, dt_ms)

    owner.step = trapped


def fail() -> None:
    raise ValueError("trapped")


def press_ctrl_c() -> None:
    """One press, wherever that is."""
    os.remove("/outside/bang")
    raise KeyboardInterrupt


def fill_heap() -> None:
    size = 4096
    while size:
        try:
            HOG.append(bytearray(size))
        except MemoryError:
            size //= 2
    HOG.append(bytearray(1024))


def miss_memory() -> None:
    """As in a fragmented heap: there is no memory for three tries, and then there is."""
    MISSED.append(None)
    if len(MISSED) <= 3:
        raise MemoryError
    os.remove("/outside/bang")


def fill_disk() -> None:
    raise OSError(28)


def spin() -> None:
    os.remove("/outside/bang")
    started_ms = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), started_ms) < 2000:
        pass


def stand_still() -> None:
    """As in a long call of C: no tick comes in between."""
    os.remove("/outside/bang")
    wire.spend(200_000)


def sleep() -> None:
    os.remove("/outside/bang")
    time.sleep_ms(2000)


def litter() -> None:
    """Makes garbage and collects it for 2 s; then writes how often, and how long the longest took."""
    os.remove("/outside/bang")
    count = longest_us = 0
    started_ms = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), started_ms) < 2000:
        kept = [bytearray(100) for _ in range(50)]
        begun_us = time.ticks_us()
        gc.collect()
        longest_us = max(longest_us, time.ticks_diff(time.ticks_us(), begun_us))
        count += 1
    del kept
    with open("/outside/collections", "w") as file:
        file.write(f"{count} {longest_us}")
