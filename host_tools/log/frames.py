"""A log's file as frames: all of them up to the first that isn't whole."""

import binascii
from dataclasses import dataclass

from soleus.log.slog_format import MAGIC

FRAME_HEAD_BYTES = 3
FRAME_TAIL_BYTES = 4


@dataclass(frozen=True)
class Frame:
    kind: int
    payload: bytes


@dataclass(frozen=True)
class Frames:
    whole: list[Frame]
    # The number of bytes in whole frames, and of those after them.
    whole_bytes: int
    torn_bytes: int


def cut_into_frames(content: bytes) -> Frames:
    """A file that ends within its first bytes has no frames: all of it is torn."""
    if content[: len(MAGIC)] != MAGIC:
        return Frames([], 0, len(content))
    at, whole = len(MAGIC), []
    while at < len(content):
        frame = _frame_at(content, at)
        if frame is None:
            break
        whole.append(frame)
        at += FRAME_HEAD_BYTES + len(frame.payload) + FRAME_TAIL_BYTES
    return Frames(whole, at, len(content) - at)


def framed(kind: int, payload: bytes) -> bytes:
    body = bytes([kind]) + len(payload).to_bytes(2, "little") + payload
    return body + binascii.crc32(body).to_bytes(4, "little")


def _frame_at(content: bytes, at: int) -> Frame | None:
    start = at + FRAME_HEAD_BYTES
    end = start + int.from_bytes(content[at + 1 : start], "little")
    tail = content[end : end + FRAME_TAIL_BYTES]
    if len(tail) < FRAME_TAIL_BYTES or binascii.crc32(content[at:end]) != int.from_bytes(tail, "little"):
        return None
    return Frame(content[at], content[start:end])
