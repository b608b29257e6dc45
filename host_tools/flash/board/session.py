"""Whether somebody lies in the boots: asked over the console link, before anything is interrupted."""

from collections.abc import Callable

from host_tools.link.console import Console

# An application that runs answers at once. Where nothing answers, there is no session that could be ended.
ANSWER_TIMEOUT_S = 2.0
_IN_SESSION = ("checking", "running", "paused", "venting", "service")


def session_that_runs(port: str, say: Callable[[str], None]) -> str:
    """Its state; empty without one."""
    say(f"asking whether a session runs on {port} (up to {ANSWER_TIMEOUT_S:g} s)")
    try:
        with Console(port) as console:
            state = str(console.ask("status", timeout_s=ANSWER_TIMEOUT_S).get("state"))
    # A port that can't be opened is told when it is opened for flashing; a timeout is one of these, too.
    except OSError:
        return ""
    return state if state in _IN_SESSION else ""
