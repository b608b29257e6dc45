"""A board at a port, without a board: what `soleus live` finds at a pseudo-terminal."""

import os
import pty
import select
import threading
from contextlib import suppress
from typing import Any

from host_tools.link.console import frame_line, parse_line
from tests.host.live.fake_source import BOARD
from tests.host.live.test_told import telemetry

TELLS_EVERY_S = 0.1


class BoardAtAPort:
    """Answers as a board does that runs a session; can be silent, and be unplugged."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        self.port = os.ttyname(self._slave)
        self.asked: list[str] = []
        self.state = "running"
        self.is_silent = False
        self._is_plugged = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        if self._is_plugged:
            self._is_plugged = False
            self._thread.join()
            os.close(self._slave)
            os.close(self._master)

    def _run(self) -> None:
        unread, tells, at_ms = b"", False, 0
        while self._is_plugged:
            if select.select([self._master], [], [], TELLS_EVERY_S)[0]:
                with suppress(OSError):
                    unread += os.read(self._master, 4096)
            *lines, unread = unread.split(b"\n")
            if self.is_silent:
                continue
            for request in filter(None, map(parse_line, lines)):
                tells = tells or request["do"] == "telemetry"
                os.write(self._master, frame_line({"re": request["seq"], **self._answer(request["do"])}))
            if tells:
                at_ms += 100
                os.write(self._master, frame_line(telemetry(at_ms, state=self.state)))

    def _answer(self, do: str) -> dict[str, Any]:
        self.asked.append(do)
        if do == "hello":
            return {"ok": True, "board": BOARD.name}
        if do == "stop":
            self.state = "done"
        return {"ok": True, "state": self.state, "duration_ms": 900_000, "asked_mmhg": 45, "rested": []}
