# mypy: ignore-errors
"""The wire between the interpreter and the board around it.

From the board, at every beat of 10 ms: one frame of 32-bit numbers, what the pins and the sensors would
say now. To the board, at once: a record for everything that the program does to a pin or a peripheral.
A thread takes the frames, so that timers fire whatever the main program is doing.
"""

import _thread
import array
from struct import pack

import micropython
import utime

# A frame: beat, board's milliseconds, levels of pins 0-31 and above, microvolts by pin, sensors.
BEAT, NOW_MS, LEVELS_LOW, LEVELS_HIGH, UV, SENSORS = 0, 1, 2, 3, 4, 53
FRAME_WORDS = 69
NO_ANSWER = -1
CONTROL_TIMER = 0

# A record: kind, two small numbers, one of 32 bits; the last two kinds carry that many bytes after it.
PIN, PWM, ACK, WDT, RESET, TIMERS, STALL, TOOK, FLASH, MEMORY, I2C = range(1, 12)

frame = array.array("i", bytes(4 * FRAME_WORDS))
_incoming = array.array("i", bytes(4 * FRAME_WORDS))
_line = None
_timers = [None] * 4


def connect(descriptor: int) -> None:
    """Blocks until the board has sent its first frame."""
    global _line
    _line = open(descriptor, "r+b")  # noqa: SIM115 (open for the chip's whole life)
    _receive()
    _thread.start_new_thread(_listen, ())


def say(kind: int, small: int = 0, other: int = 0, value: int = 0) -> None:
    """One call packs and one writes: a timer may come between any two bytecodes."""
    _line.write(pack("<BBHi", kind, small, other, value))


def say_bytes(kind: int, small: int, content: bytes) -> None:
    _line.write(pack("<BBHi", kind, small, 0, len(content)) + content)


def acknowledge() -> None:
    """This beat's work is done. A board with its own time goes on only then."""
    say(ACK, 0, 0, frame[BEAT])


def now_ms() -> int:
    return frame[NOW_MS]


def arm(timer: object) -> None:
    _timers[timer.number] = timer
    _count_timers()


def disarm(number: int) -> None:
    _timers[number] = None
    _count_timers()


def _count_timers() -> None:
    say(TIMERS, sum([1 << number for number in range(4) if _timers[number] is not None]))


def _listen() -> None:
    while True:
        _receive()
        is_busy = False
        for timer in _timers:
            if timer is None:
                continue
            is_called = timer.is_due(frame[NOW_MS])
            if timer.number != CONTROL_TIMER:
                # At its prompt the unix port waits in the kernel, where no callback can run; a chip doesn't.
                if is_called:
                    timer.is_waiting = False
                    timer.callback(timer)
                continue
            is_busy = is_busy or timer.is_waiting
            if is_called:
                try:
                    micropython.schedule(timer.fire, 0)
                except RuntimeError:
                    timer.is_waiting = False  # the queue is full: this call is lost, as on the chip
        if not is_busy:
            acknowledge()


def _receive() -> None:
    if _line.readinto(_incoming) != 4 * FRAME_WORDS:
        # The board is gone, and soon this process with it.
        while True:
            utime.sleep(1)
    for index in range(FRAME_WORDS):
        frame[index] = _incoming[index]
