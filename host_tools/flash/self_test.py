"""The application's own test, asked for over its console link after the reboot."""

import binascii
import contextlib
import json
import time
from dataclasses import dataclass
from typing import Any

import serial

from host_tools.flash.device import DeviceError

START_TIMEOUT_S = 20
ANSWER_TIMEOUT_S = 2
# The first readings of zeroed sensors take a moment.
SETTLE_S = 2


@dataclass(frozen=True)
class Verdict:
    """`results` are (what, is it well, value); none when nothing answered."""

    is_well: bool
    results: list[tuple[str, bool, object]]
    why: str = ""


def self_test(port: str, start_timeout_s: float = START_TIMEOUT_S, settle_s: float = SETTLE_S) -> Verdict:
    link = _Link(port, start_timeout_s)
    try:
        hello = link.ask({"do": "hello"}, start_timeout_s)
        if hello is None:
            return Verdict(False, [], "the application did not answer after the reboot")
        time.sleep(settle_s)
        answer = link.ask({"do": "self_test"}, ANSWER_TIMEOUT_S * 3)
    except DeviceError as error:
        return Verdict(False, [], str(error))
    finally:
        link.close()
    if answer is None or "results" not in answer:
        return Verdict(False, [], f"no self-test: {answer and answer.get('error')}")
    results = [(str(name), bool(is_well), value) for name, is_well, value in answer["results"]]
    return Verdict(bool(answer.get("ok")), results)


class _Link:
    """One JSON object a line, each with a number and a checksum; see docs on the console link."""

    def __init__(self, port: str, timeout_s: float) -> None:
        self._port = port
        self._serial = self._open(timeout_s)
        self._seq = int(time.time()) % 100_000

    def ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """Asks again until the answer comes: the first lines may fall into a board that still starts."""
        self._seq += 1
        text = json.dumps({**request, "seq": self._seq})
        line = f"{text}*{binascii.crc32(text.encode()):08x}\n".encode()
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            try:
                self._serial.write(line)
                answer = self._answer(min(until_s, time.monotonic() + ANSWER_TIMEOUT_S))
            except (OSError, serial.SerialException):
                # A USB port goes away with the reset and comes back.
                self.close()
                self._serial = self._open(max(0.0, until_s - time.monotonic()))
                continue
            if answer is not None:
                return answer
        return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._serial.close()

    def _answer(self, until_s: float) -> dict[str, Any] | None:
        while time.monotonic() < until_s:
            table = parse_line(self._serial.readline())
            if table is not None and table.get("re") == self._seq:
                return table
        return None

    def _open(self, timeout_s: float) -> Any:
        until_s = time.monotonic() + timeout_s
        while True:
            try:
                return serial.serial_for_url(self._port, baudrate=115_200, timeout=0.2)
            except (OSError, serial.SerialException):
                if time.monotonic() > until_s:
                    raise DeviceError(f"{self._port} did not come back after the reboot") from None
                time.sleep(0.25)


def parse_line(line: bytes) -> dict[str, Any] | None:
    text, star, checksum = line.strip().rpartition(b"*")
    if not star or checksum != b"%08x" % binascii.crc32(text):
        return None
    try:
        table = json.loads(text)
    except ValueError:
        return None
    return table if isinstance(table, dict) else None
