# mypy: ignore-errors
"""The wire between the interpreter and the board around it.

At every beat of 10 ms the board sends one frame of 32-bit numbers: what the pins and the sensors show now.
The interpreter sends a record at once for everything that the program does to a pin or a peripheral.

By the clock, and at the prompt, a thread receives the frames, so that timers fire whatever the main program
is doing. A board with its own time needs none while a program runs: whoever lets time pass asks for the next
frame, so the same program meets the same frames at the same places.

What a chip does takes time: `spend` lets that much of it pass. A chip calls no timers while it loads a
module, moves bytes to or from its flash, or is in another long call of C. `hold` and `release` stand around
such work; a call that falls due meanwhile is made afterwards.

What stands in for a chip's C is Python, and needs memory that C doesn't: where the program has locked the
heap, `open_heap` and `close_heap` stand around it.
"""

import _thread
import array
from struct import pack

import micropython
import uselect
import utime

# A frame: beat, board's milliseconds, levels of pins 0-31 and above, microvolts by pin, sensors, the bus.
BEAT, NOW_MS, LEVELS_LOW, LEVELS_HIGH, UV, SENSORS, IS_BUS_HUNG = 0, 1, 2, 3, 4, 53, 69
FRAME_WORDS = 70
NO_ANSWER = -1
CONTROL_TIMER = 0
BEAT_US = 10_000
# What locks a heap that is open, and one that is locked.
_LOCKS = (micropython.heap_lock, int)
# As many callbacks wait on a chip; more are lost.
QUEUE_LENGTH = 8

# A record: kind, two small numbers, one of 32 bits; the last three kinds carry that many bytes after it.
PIN, PWM, DONE, WDT, RESET, TIMERS, TOOK, FLASH, PROMPT, MEMORY, I2C, IMPORT = range(1, 13)
FLASH_READ, FLASH_WRITE, FLASH_ERASE = 0, 1, 2

# Set by start.py: what the chip's work costs, by the names of the chip file; empty on a chip whose work
# costs nothing. `lets_time_pass(us)` does that by the board's own time, or by the clock.
costs = {}
frame = array.array("i", bytes(4 * FRAME_WORDS))
_line = None
_timers = [None] * 4
# By the clock: the main program waits for this lock, which is released at every beat.
_next_beat = _thread.allocate_lock()
# Whoever holds this one may receive a frame, and call the timers that are due.
_receiving = _thread.allocate_lock()
# The chip's own time: ahead of the last frame by the work that has been done since.
_chip_us = 0
_owed_us = 0
_holds = 0
_has_locked_heap = False
_has_interrupt = False
has_own_time = False
# At its prompt the unix port waits in the kernel, where no callback can run; a chip doesn't.
is_at_prompt = False


def connect(descriptor: int, is_own: bool) -> None:
    """Blocks until the board has sent its first frame."""
    global _line, has_own_time
    _line = open(descriptor, "r+b")  # noqa: SIM115 (open for the chip's whole life)
    has_own_time = is_own
    _receive()
    _next_beat.acquire()
    if not has_own_time:
        _thread.start_new_thread(_listen, ())


def come_to_prompt() -> None:
    global is_at_prompt, _holds, _has_interrupt
    say(PROMPT)
    # What Ctrl-C has ended holds nothing any more.
    _holds = 0
    _has_interrupt = False
    is_at_prompt = True
    if has_own_time:
        _thread.start_new_thread(_listen, ())


def say(kind: int, small: int = 0, other: int = 0, value: int = 0) -> None:
    """Packed by one call and written by one: a timer may run between any two bytecodes."""
    was_locked = open_heap()
    _write(pack("<BBHi", kind, small, other, value))
    close_heap(was_locked)


def say_bytes(kind: int, small: int, content: bytes) -> None:
    _write(pack("<BBHi", kind, small, 0, len(content)) + content)


def took(number: int, us: int) -> None:
    say(TOOK, number, 0, us)


def _write(record: bytes) -> None:
    try:
        _line.write(record)
    except KeyboardInterrupt:
        # It comes before the first byte is out.
        keep_interrupt()
        _line.write(record)


def keep_interrupt() -> None:
    """Ctrl-C that came where a chip runs C: it is raised when the program runs on."""
    global _has_interrupt
    _has_interrupt = True


def _raise_interrupt() -> None:
    global _has_interrupt
    if _has_interrupt and not _holds:
        _has_interrupt = False
        raise KeyboardInterrupt


def without_interrupt(work: object, *arguments: object) -> None:
    """Work that a chip does in C, and to its end: it calls no timers, and Ctrl-C comes afterwards. What was
    broken off is done again, so it must be the same however often it is done."""
    hold()
    try:
        work(*arguments)
    except KeyboardInterrupt:
        keep_interrupt()
        work(*arguments)
    finally:
        release()


def now_ms() -> int:
    return now_us() // 1000


def now_us() -> int:
    return max(_chip_us, frame[NOW_MS] * 1000)


def wait_for_beat() -> None:
    """Call when there is nothing to do before the next beat: a board with its own time then goes on."""
    _raise_interrupt()
    _call_put_off()
    control = _timers[CONTROL_TIMER]
    if control is not None and control.is_busy():
        # The callback will run between the caller's next bytecodes.
        return
    if has_own_time:
        _take_next_frame()
    else:
        _next_beat.acquire()


def cost_us(name: str) -> float:
    return costs.get(name, 0)


def spend(us: float) -> None:
    """The chip does something for so long, and nothing else."""
    global _chip_us
    if us <= 0:
        return
    if has_own_time and not _has_interrupt:
        # Nearly always the beat isn't over by then, and nobody else has anything to do.
        beat_us = frame[NOW_MS] * 1000
        until_us = (_chip_us if _chip_us > beat_us else beat_us) + int(us)
        if until_us < beat_us + BEAT_US:
            _chip_us = until_us
            return
    _raise_interrupt()
    was_locked = open_heap()
    hold()
    try:
        if has_own_time:
            # In one step: a tick that comes in between spends, too.
            _chip_us = now_us() + int(us)
            while frame[NOW_MS] * 1000 + BEAT_US <= _chip_us:
                _take_next_frame()
        else:
            utime.sleep_us(int(us))
    finally:
        release()
        close_heap(was_locked)


def owe(us: float) -> None:
    """A tick's own work, which it can't be seen to do: spent at its end, when it feeds the watchdog."""
    global _owed_us
    _owed_us = us


def spend_owed() -> None:
    global _owed_us
    us, _owed_us = _owed_us, 0
    spend(us)


def lock_heap() -> None:
    """The program's own `heap_lock`. Once is enough, however often it asks. It has no jump, where Ctrl-C
    might come: a tick calls it before it can take any."""
    global _has_locked_heap
    _LOCKS[_has_locked_heap]()
    _has_locked_heap = True


def unlock_heap() -> None:
    """Ctrl-C may have left the heap open: MicroPython counts, and below 0 it would stay locked."""
    global _has_locked_heap
    if _has_locked_heap:
        _has_locked_heap = False
        micropython.heap_unlock()


def open_heap() -> bool:
    if not _has_locked_heap:
        return False
    unlock_heap()
    return True


def close_heap(was_locked: bool) -> None:
    if was_locked:
        lock_heap()


def hold() -> None:
    global _holds
    _holds += 1


def release() -> None:
    global _holds
    _holds -= 1
    if not _holds:
        _call_put_off()


def is_held() -> bool:
    return _holds > 0


def arm(timer: object) -> None:
    _timers[timer.number] = timer
    _count_timers()


def disarm(number: int) -> None:
    _timers[number] = None
    _count_timers()


def _count_timers() -> None:
    say(TIMERS, sum([1 << number for number in range(4) if _timers[number] is not None]))


def _take_next_frame() -> None:
    """The timers that are due are called when the lock is free again: they let time pass, too."""
    hold()
    try:
        with _receiving:
            say(DONE, 0, 0, frame[BEAT])
            _receive()
            _call_timers()
    finally:
        # Ctrl-C may have come while it waited.
        release()


def _listen() -> None:
    waiting = uselect.poll()
    waiting.register(_line, uselect.POLLIN)
    while True:
        waiting.poll(-1)
        with _receiving:
            # The main program may have taken it meanwhile.
            if waiting.poll(0):
                _receive()
                _call_timers()
        if _next_beat.locked():
            _next_beat.release()


def _call_timers() -> None:
    for timer in _timers:
        if timer is not None:
            timer.put_off += timer.calls_due(frame[NOW_MS])
    if not _holds:
        _call_put_off()


def _call_put_off() -> None:
    for timer in _timers:
        # At the prompt two threads may come here at once, without a lock between them: never below 0.
        while timer is not None and timer.put_off > 0:
            timer.put_off -= 1
            _call(timer)


def _call(timer: object) -> None:
    if is_at_prompt and timer.number != CONTROL_TIMER:
        timer.callback(timer)
        return
    if sum([one.queued for one in _timers if one is not None]) >= QUEUE_LENGTH:
        # This call is lost, as on the chip. The unix port's queue may be longer.
        return
    try:
        micropython.schedule(timer.fire, 0)
        timer.queued += 1
    except RuntimeError:
        pass


def _receive() -> None:
    if _line.readinto(frame) != 4 * FRAME_WORDS:
        # The board is gone, and this process will soon be ended.
        while True:
            utime.sleep(1)
