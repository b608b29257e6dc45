"""Asks the application for its own test, over the console link, after the reboot."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import serial

from host_tools.flash.prompt.line import REOPEN_AFTER_S
from host_tools.link.console import AGAIN_AFTER_S, Console

# The first start after flashing is the slowest: littlefs sees its blocks for the first time.
START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 10.0
# The first readings of zeroed sensors take a moment: until then a test that fell short is asked again.
SETTLE_S = 3.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Verdict:
    """`results` are (what, is it well, value); empty if nothing answered."""

    is_well: bool
    results: list[tuple[str, bool, object]]
    why: str = ""


def self_test(port: str, say: Say = lambda _: None) -> Verdict:
    """A USB port disappears with the reset and comes back, so it is opened again until the time is over."""
    say(f"waiting for the application to answer on {port} (up to {START_TIMEOUT_S:g} s)")
    until_s = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return _ask(port, max(0.0, until_s - time.monotonic()), say)
        except TimeoutError:
            why = f"the application did not answer on {port} within {START_TIMEOUT_S:g} s after the reboot"
            return Verdict(False, [], why)
        except (OSError, serial.SerialException):
            if time.monotonic() > until_s:
                return Verdict(
                    False, [], f"{port} did not come back within {START_TIMEOUT_S:g} s after the reboot"
                )
            time.sleep(REOPEN_AFTER_S)


def _ask(port: str, start_timeout_s: float, say: Say) -> Verdict:
    with Console(port) as console:
        console.ask("hello", timeout_s=start_timeout_s)
        say(f"waiting for its self-test (up to {SETTLE_S + ANSWER_TIMEOUT_S:g} s)")
        until_s = time.monotonic() + SETTLE_S
        while True:
            console.pause(AGAIN_AFTER_S)
            verdict = _verdict(console.ask("self_test", timeout_s=ANSWER_TIMEOUT_S))
            if verdict.is_well or time.monotonic() > until_s:
                return verdict


def _verdict(answer: dict[str, object]) -> Verdict:
    results = answer.get("results")
    if not isinstance(results, list):
        return Verdict(False, [], f"no self-test: {answer.get('error')}")
    tests = [(str(name), bool(is_well), value) for name, is_well, value in results]
    return Verdict(bool(answer.get("ok")), tests)
