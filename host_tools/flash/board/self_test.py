"""Asks the application for its own test, over the console link, after the reboot."""

import time
from dataclasses import dataclass

import serial

from host_tools.link.console import Console

START_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 6.0
# The first readings of zeroed sensors take a moment.
SETTLE_S = 2.0
REOPEN_AFTER_S = 0.25


@dataclass(frozen=True)
class Verdict:
    """`results` are (what, is it well, value); empty if nothing answered."""

    is_well: bool
    results: list[tuple[str, bool, object]]
    why: str = ""


def self_test(port: str) -> Verdict:
    """A USB port disappears with the reset and comes back, so it is opened again until the time is over."""
    until_s = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return _ask(port, max(0.0, until_s - time.monotonic()))
        except TimeoutError:
            return Verdict(False, [], "the application did not answer after the reboot")
        except (OSError, serial.SerialException):
            if time.monotonic() > until_s:
                return Verdict(False, [], f"{port} did not come back after the reboot")
            time.sleep(REOPEN_AFTER_S)


def _ask(port: str, start_timeout_s: float) -> Verdict:
    with Console(port) as console:
        console.ask("hello", timeout_s=start_timeout_s)
        time.sleep(SETTLE_S)
        answer = console.ask("self_test", timeout_s=ANSWER_TIMEOUT_S)
    if "results" not in answer:
        return Verdict(False, [], f"no self-test: {answer.get('error')}")
    results = [(str(name), bool(is_well), value) for name, is_well, value in answer["results"]]
    return Verdict(bool(answer.get("ok")), results)
