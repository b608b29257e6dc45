"""What can be asked of the flight recorder over the console link."""

import binascii

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.errors import SettingError
from soleus.log.folder import FOLDER, sessions

# A longer line would delay a tick: the console sends about eleven bytes a millisecond.
PIECE_MOST_BYTES = 384


def answer(requests: Any, request: dict) -> dict:
    app = requests.app
    what = request.get("what", "list")
    if what == "list":
        return _list(app)
    if what == "read":
        return _read(app, request)
    if what == "ring":
        return _ring(requests, request)
    raise SettingError("what", what, "one of list, read, ring")


def _list(app: Any) -> dict:
    recorder = app.recorder
    return {
        "ok": True,
        "sessions": sessions(),
        "open": recorder.path,
        "therapy_s": recorder.meter.therapy_s,
        "sessions_count": recorder.meter.sessions_count,
        "ring_bytes": sum([len(block) for block in recorder.ring.blocks]),
        "overview_bytes": len(recorder.overview.buffer),
    }


def _read(app: Any, request: dict) -> dict:
    """A piece of a session's file."""
    if not app.tick.is_idle() and not app.recorder.has_kept_fault:
        return {"error": "log: only while idle"}
    name, at = request.get("name"), request.get("at", 0)
    if name not in [name for name, _ in sessions()]:
        raise SettingError("name", name, "one of the sessions that `log` lists")
    if type(at) is not int or at < 0:
        raise SettingError("at", at, "a whole number from 0")
    with open("{}/{}".format(FOLDER, name), "rb") as file:
        file.seek(at)
        return {"ok": True, "data": _base64(file.read(PIECE_MOST_BYTES))}


def _ring(requests: Any, request: dict) -> dict:
    """Sends whole blocks from now on, piece by piece; 0 ends that. The first answer has the log's header."""
    piece_bytes = request.get("piece_bytes", 0)
    if type(piece_bytes) is not int or not 0 <= piece_bytes <= PIECE_MOST_BYTES:
        raise SettingError("piece_bytes", piece_bytes, "0 to {}".format(PIECE_MOST_BYTES))
    app = requests.app
    if piece_bytes == 0:
        requests.ring_stream = None
        return {"ok": True}
    if not app.tick.is_idle():
        return {"error": "log: a recording begins while idle"}
    app.recorder.ring.restart()
    requests.ring_stream = RingStream(app.recorder.ring, piece_bytes)
    return {"ok": True, "header": load("log.header").header(app)}


class RingStream:
    """Whole blocks of the ring from now on, a piece at a time."""

    def __init__(self, ring: Any, piece_bytes: int) -> None:
        self.ring = ring
        self.piece_bytes = piece_bytes
        self.number = ring.number + 1
        self.at = 0

    def send(self, link: Any) -> None:
        numbers = self.ring.numbers()
        if len(numbers) == 0 or self.number > numbers[-1]:
            return
        if self.number < numbers[0]:
            # The link was too slow, or the program was changed: the laptop sees the gap in the numbers.
            self.number, self.at = numbers[0], 0
        block = self.ring.block(self.number)
        piece = block[self.at : self.at + self.piece_bytes]
        place = {"event": "ring", "block": self.number, "at": self.at, "of": len(block)}
        place["data"] = _base64(piece)
        link.send(place)
        self.at += len(piece)
        if self.at >= len(block):
            self.number, self.at = self.number + 1, 0


def _base64(content: Any) -> str:
    return binascii.b2a_base64(content, newline=False).decode()
