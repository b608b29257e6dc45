"""Whether somebody lies in the boots: asked over the console link, before anything is interrupted."""

from collections.abc import Callable

from host_tools.basics.errors import InputError
from host_tools.link.console import Console

# An application that runs answers at once. Where nothing answers, there is no session that could be ended.
ANSWER_TIMEOUT_S = 2.0
IN_SESSION = ("checking", "running", "paused", "venting", "service")
Say = Callable[[str], None]


def session_that_runs(port: str, say: Say = lambda _: None) -> str:
    """Its state; empty without one."""
    state = state_of(port, say)
    return state if state in IN_SESSION else ""


def state_of(port: str, say: Say = lambda _: None) -> str:
    """What the application is doing; empty where none answers."""
    say(f"asking whether a session runs on {port} (up to {ANSWER_TIMEOUT_S:g} s)")
    try:
        with Console(port) as console:
            return str(console.ask("status", timeout_s=ANSWER_TIMEOUT_S).get("state"))
    # A port that can't be opened is told when it is opened for flashing; a silent board is one of these, too.
    except OSError:
        return ""


def refuse_in_session(port: str) -> None:
    if state := session_that_runs(port):
        raise in_session(port, state)


def in_session(port: str, state: str, instead: str = "") -> InputError:
    """`instead`: what a person may do who wants it all the same."""
    expected = f"a board at rest, but a session is {state} there; wait for its end{instead}"
    return InputError("--port", "", port, expected)
