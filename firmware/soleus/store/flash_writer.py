"""Keeps what is to be written in memory until the legs are free.

A flash write stops the chip, and the control tick with it, for tens to hundreds of milliseconds. So
a write waits until nothing is energised and every chamber is empty. It runs from the same queue as the
tick (`micropython.schedule`), so no tick can come between that look and the write, and close a valve. It
also waits while a module is being loaded: what writes may need the same one.
"""

import micropython
from micropython import const

from soleus.basics.annotations import Callable
from soleus.basics.loading import under_way
from soleus.store.files import forget, write_whole

WRITE_EVERY_MS = 20
_PENDING_MOST = const(8)


class FlashWriter:
    def __init__(self, may_write: Callable, feed: Callable, on_error: Callable) -> None:
        self.may_write = may_write
        self.feed = feed
        self.on_error = on_error
        self.pending = []
        self.is_scheduled = False
        # Ctrl-C that came during a write.
        self.interrupt = None
        self._write_next = self._write_one

    def put(self, name: str, content: "bytes | Callable | None") -> None:
        """The whole file of that name, or `None` to remove it; a later `put` replaces an earlier one.

        A callable writes by itself.
        """
        self.pending = [item for item in self.pending if item[0] != name]
        if len(self.pending) < _PENDING_MOST:
            self.pending.append((name, content))
        else:
            self.on_error(name, "too much to write is waiting")

    def step(self) -> None:
        if self.interrupt:
            raise self.interrupt
        if not self.pending or self.is_scheduled or not self.may_write():
            return
        try:
            micropython.schedule(self._write_next, 0)
            self.is_scheduled = True
        except RuntimeError:
            # The queue is full of ticks that a long call has held up: the next step tries again.
            pass

    def _write_one(self, _argument: int) -> None:
        name = item = None
        try:
            self.is_scheduled = False
            if not self.pending or under_way or not self.may_write():
                return
            item = self.pending.pop(0)
            name, content = item
            self.feed()
            if content is None:
                forget(name)
            elif callable(content):
                content()
            else:
                write_whole(name, content)
        except MemoryError:
            # It is tried again, and there is memory when others have freed theirs.
            self.pending.append(item)
        except OSError as error:
            self.on_error(name, "not written: {}".format(error))
        except KeyboardInterrupt as interrupt:
            # From here it would only be printed: the next step tells the app.
            self.interrupt = interrupt
