# mypy: ignore-errors
"""The wire between the interpreter and the board around it.

At every beat of 10 ms the board sends one frame of 32-bit numbers: what the pins and the sensors show now.
The interpreter sends a record at once for everything that the program does to a pin or a peripheral.
A thread receives the frames, so that timers fire whatever the main program is doing.
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
PIN, PWM, DONE, WDT, RESET, TIMERS, TOOK, FLASH, MEMORY, I2C = range(1, 11)

frame = array.array("i", bytes(4 * FRAME_WORDS))
_incoming = array.array("i", bytes(4 * FRAME_WORDS))
_line = None
_timers = [None] * 4
# The main program waits for this lock, which is released at every beat.
_next_beat = _thread.allocate_lock()
# The latest beat whose timers have been called.
_served_beat = -1
# Until this time the chip does nothing at all, not even run its timers.
_still_until_ms = 0


def connect(descriptor: int) -> None:
    """Blocks until the board has sent its first frame."""
    global _line, _served_beat
    _line = open(descriptor, "r+b")  # noqa: SIM115 (open for the chip's whole life)
    _receive()
    _served_beat = frame[BEAT]
    _next_beat.acquire()
    _thread.start_new_thread(_listen, ())


def say(kind: int, small: int = 0, other: int = 0, value: int = 0) -> None:
    """Packed by one call and written by one: a timer may run between any two bytecodes."""
    _line.write(pack("<BBHi", kind, small, other, value))


def say_bytes(kind: int, small: int, content: bytes) -> None:
    _line.write(pack("<BBHi", kind, small, 0, len(content)) + content)


def now_ms() -> int:
    return frame[NOW_MS]


def wait_for_beat() -> None:
    """Call when there is nothing to do before the next beat: a board with its own time then goes on."""
    # Read first: a beat that comes after this line is not done.
    beat = _served_beat
    control = _timers[CONTROL_TIMER]
    if control is not None and control.is_busy():
        # The callback will run between the caller's next bytecodes.
        return
    say(DONE, 0, 0, beat)
    _next_beat.acquire()


def stand_still(ms: int) -> None:
    """Do nothing at all for this time, as a chip does while it writes flash."""
    global _still_until_ms
    _still_until_ms = now_ms() + ms
    say(DONE, 0, 0, _served_beat)
    while now_ms() < _still_until_ms:
        _next_beat.acquire()


def arm(timer: object) -> None:
    _timers[timer.number] = timer
    _count_timers()


def disarm(number: int) -> None:
    _timers[number] = None
    _count_timers()


def _count_timers() -> None:
    say(TIMERS, sum([1 << number for number in range(4) if _timers[number] is not None]))


def _listen() -> None:
    global _served_beat
    while True:
        _receive()
        if frame[NOW_MS] < _still_until_ms:
            say(DONE, 0, 0, frame[BEAT])
        else:
            _call_timers()
        _served_beat = frame[BEAT]
        if _next_beat.locked():
            _next_beat.release()


def _call_timers() -> None:
    for timer in _timers:
        if timer is None or not timer.is_due(frame[NOW_MS]):
            continue
        if timer.number != CONTROL_TIMER:
            # At its prompt the unix port waits in the kernel, where no callback can run; a chip doesn't.
            timer.is_waiting = False
            timer.callback(timer)
            continue
        try:
            micropython.schedule(timer.fire, 0)
        except RuntimeError:
            timer.is_waiting = False  # the queue is full: this call is lost, as on the chip


def _receive() -> None:
    if _line.readinto(_incoming) != 4 * FRAME_WORDS:
        # The board is gone, and this process will soon be ended.
        while True:
            utime.sleep(1)
    for index in range(FRAME_WORDS):
        frame[index] = _incoming[index]
