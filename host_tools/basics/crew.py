"""A few processes that share some work, and end with whoever gave it to them.

A pool of Python's own waits for its workers when Ctrl-C comes, and may wait for ever. Here nothing waits: the
workers never hear of Ctrl-C, and are ended from outside.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Work = Callable[[Task], Result]


def shared_out(
    work: Work[Task, Result], tasks: Mapping[int, Task], count: int
) -> Iterator[tuple[int, Result]]:
    """Yields the number of each task and its result, as they come. What a worker raises is raised here."""
    left = list(tasks.items())[::-1]
    crew: list[_Worker[Task, Result]] = []
    try:
        with _ctrl_c_held():
            crew = [_Worker(work) for _ in range(min(count, len(left)))]
        for worker in crew:
            worker.begin(*left.pop())
        while busy := {worker.line: worker for worker in crew if worker.number is not None}:
            for line in wait(list(busy)):
                worker = busy[line]  # type: ignore[index]  # these lines are all connections
                yield worker.result()
                if left:
                    worker.begin(*left.pop())
    finally:
        for worker in crew:
            worker.end()


class _Worker(Generic[Task, Result]):
    """Fresh, not a copy of this process: copies of a process with threads may hang."""

    def __init__(self, work: Work[Task, Result]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.number: int | None = None
        self._process = context.Process(target=_serve, args=(work, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def begin(self, number: int, task: Task) -> None:
        self.number = number
        self.line.send(task)

    def result(self) -> tuple[int, Result]:
        number, self.number = self.number, None
        assert number is not None
        try:
            is_well, result = self.line.recv()
        except (EOFError, OSError):
            self._process.join()
            raise ChildProcessError(
                f"a worker ended in the middle, status {self._process.exitcode}"
            ) from None
        if not is_well:
            raise result
        return number, result

    def end(self) -> None:
        self._process.terminate()
        self._process.join()
        self.line.close()


def _serve(work: Callable[[object], object], line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            # Whoever gave the work has ended.
            return
        try:
            answer = (True, work(task))
        except Exception as error:
            answer = (False, error)
        line.send(answer)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """What is started meanwhile never hears of it, not even while it imports; afterwards it counts here."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python's own helper lets Ctrl-C through again when it is started, so it must run by now.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
