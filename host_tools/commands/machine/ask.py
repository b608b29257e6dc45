"""`soleus ask`: one request over the console link; with `start`, somebody who stays with the session."""

import json
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console as Terminal

from host_tools.basics.control_characters import visible
from host_tools.basics.errors import FELL_SHORT, InputError, RefusalError
from host_tools.basics.expectation import from_board
from host_tools.commands.machine.before import answers_to, clock_now, panel_words, refused_words
from host_tools.flash.board.restart import hello_after_restart, restart
from host_tools.flash.board.session import state_of
from host_tools.flash.ports import find_port
from host_tools.link.console import Console, open_console
from host_tools.output.words import pressed_words
from host_tools.safety import fault_help
from soleus.core.session.dose import needs_one_more
from soleus.core.session.questions import COUNT

# Often enough for a virtual board whose time runs ten times as fast.
LOOK_EVERY_S = 0.2
# Service ends after a second without.
RENEW_EVERY_S = 0.05
# The check takes some two seconds, longer on a busy virtual board.
SERVICE_BEGINS_MOST_S = 20.0
OVER = ("done", "fault")
# While a check fill is under way, and until its session begins.
CHECKING_FIT: dict[str, Any] = {}
BEFORE = ("idle", "done")
# How long the machine may take to wait for a press, or to begin after one.
PRESS_SEEN_S = 3.0
# Sessions are counted by days, and only a laptop has a calendar.
TELLS_CLOCK = ("start", "panel")
# Not a request of the link: it starts a board that answers none.
RESET = "reset"
# A session would be lost, and a fault is cleared at the machine. "": the application doesn't answer.
MAY_BE_RESET = ("idle", "done", "")
# In every answer; they say nothing about the board.
_ENVELOPE = ("seq", "re", "ok")


def ask(
    do: Annotated[
        str, typer.Argument(metavar="DO", help="Such as status, why, start, stop, self_test, reset.")
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Such as minutes=15."),
    ] = None,
    port: Annotated[str | None, typer.Option(help="Such as /dev/ttyUSB0 or COM3; else the only one.")] = None,
    answers: Annotated[
        str | None, typer.Option(help="With start: to the questions, such as yes,yes,yes,yes; else it asks.")
    ] = None,
) -> None:
    """Ask a board something over its console link; `start` stays until the session is over.

    `start` asks the questions before a session; then a person presses start/stop at the machine. Ctrl-C stops
    a session that was started so, and telemetry. `actuate` begins and ends service by itself.
    `reset` starts a board that is at a prompt, or idle.
    """
    if do == RESET:
        _print(_reset(find_port(port)))
        return
    with open_console(find_port(port)) as console:
        table = dict(_argument(text) for text in arguments or [])
        if do == "actuate":
            _begin_service(console)
        elif do in TELLS_CLOCK:
            _answer(console, "clock", clock_now())
        if do == "start":
            table["answers"] = answers_to(_questions_count(console), answers)
        answer = _answer(console, do, table)
        if do == "actuate":
            _end_service(console, table["act"].get("for_ms", 0))
        if do == "start":
            answer = _stay(console, answer)
        _print(with_warning(with_advice(_in_words(do, answer))))
        if do == "telemetry":
            _listen(console)
    if not answer["ok"] or answer.get("fault"):
        raise typer.Exit(FELL_SHORT)


def _in_words(do: str, answer: dict[str, Any]) -> dict[str, Any]:
    """A board has no room for all of its words: the laptop has them, too."""
    if do == "faults":
        faults = [[code, name, fault_help.advice(code)] for code, name, _ in answer["faults"]]
        return {**answer, "faults": faults}
    return panel_words(answer) if do == "panel" else answer


def with_advice(status: dict[str, Any]) -> dict[str, Any]:
    """A board reads no file while a session runs, so what it says of a rested chamber lacks the advice."""
    rested = [[name, code, text or fault_help.advice(code)] for name, code, text in status.get("rested", ())]
    return {**status, "rested": rested} if rested else status


def with_fit(console: Console, status: dict[str, Any]) -> dict[str, Any]:
    """What a check fill has found, in words; where something is to be mended, no session came of it."""
    fit = status.get("check_fill")
    if not fit or status["state"] != "done":
        return status
    is_refused = not status["run_ms"] and bool(fit["found"] or fit["no_leg_bits"])
    words = console.ask("panel").get("check_fill") or fit
    return {**status, "check_fill": words, **({"ok": False} if is_refused else {})}


def with_warning(status: dict[str, Any]) -> dict[str, Any]:
    """After a fault: which chambers are not known to be empty, in words."""
    fault = status.get("fault")
    words = pressed_words(fault["still_pressed"], fault["not_seen"]) if isinstance(fault, dict) else ""
    return {**status, "warning": words.strip()} if words else status


def _argument(text: str) -> tuple[str, Any]:
    """A value is JSON, such as 15 or {"sound": false}, or else a word."""
    key, is_pair, value = text.partition("=")
    if not is_pair:
        raise InputError("ask", "", text, "KEY=VALUE, such as minutes=15")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _answer(console: Console, do: str, arguments: dict[str, Any]) -> dict[str, Any]:
    answer = console.ask(do, **arguments)
    if "state" in answer and "error" in answer:
        # Nothing is wrong with what was asked.
        state = str(answer["state"])
        print(f"soleus: {console.serial.port}: {answer['error']}; {_way_out(state)}", file=sys.stderr)
        raise typer.Exit(FELL_SHORT)
    if "refused" in answer:
        print(f"soleus: {console.serial.port}: {refused_words(answer['refused'])}", file=sys.stderr)
        raise typer.Exit(FELL_SHORT)
    if "error" in answer:
        raise RefusalError(console.serial.port, from_board(str(answer["error"])))
    return answer


def _reset(port: str) -> dict[str, Any]:
    """Nothing is interrupted but a prompt, and an application at rest."""
    if (state := state_of(port)) not in MAY_BE_RESET:
        advice = "clear it at the machine" if state == "fault" else "`soleus ask stop` ends it"
        print(f"soleus: {port}: no reset while the board is in {state}; {advice}", file=sys.stderr)
        raise typer.Exit(FELL_SHORT)
    with Terminal(stderr=True, highlight=False).status("resetting", spinner="dots") as line:
        restart(port)
        return hello_after_restart(port, line.update)


def _way_out(state: str) -> str:
    """What to do about a state in which the board takes no such request."""
    if state == "fault":
        return "`soleus ask status` says what happened and what to look at; clear it at the machine"
    if state in ("idle", "done"):
        return "no session is going on"
    return "`soleus ask stop` ends the session"


def _stay(console: Console, started: dict[str, Any]) -> dict[str, Any]:
    """The board stops a session when its link falls silent; asking for the status keeps it going."""
    terminal = Terminal(stderr=True, highlight=False)
    if started.get("gentle"):
        terminal.print("one of the first three sessions: at the lowest level, for the shortest time")
    try:
        with terminal.status("starting", spinner="dots") as line:
            if started.get("waits") and not _is_pressed(console, terminal.print):
                return {"ok": False, "why": "nobody pressed start/stop at the machine"}
            while True:
                console.pause(LOOK_EVERY_S)
                status = console.ask("status")
                if status["state"] == "idle":
                    # The board has no session any more: it has been reset.
                    return {**console.ask("why"), "ok": False}
                if status["state"] in OVER and status.get("check_fill") != CHECKING_FIT:
                    return with_fit(console, status)
                line.update(_words(status))
    except KeyboardInterrupt:
        console.ask("stop")
        terminal.print("stopped by Ctrl-C; the legs are being vented")
        return console.ask("status")


def _is_pressed(console: Console, tell: Callable[[str], None]) -> bool:
    """The machine waits for two minutes. For a moment before that, and after, it doesn't say so."""
    until_s = time.monotonic() + PRESS_SEEN_S
    is_told = False
    while time.monotonic() < until_s:
        console.pause(LOOK_EVERY_S)
        status = console.ask("status")
        if status["waits_for_press"]:
            if not is_told:
                tell("press start/stop at the machine; its stop button ends everything")
                is_told = True
            until_s = time.monotonic() + PRESS_SEEN_S
        elif status["state"] not in BEFORE:
            return True
    return False


def _questions_count(console: Console) -> int:
    """One more where there were two sessions today."""
    today = console.ask("panel").get("today", 0)
    return COUNT + needs_one_more(today)


def _begin_service(console: Console) -> None:
    """Begin service; the check of every session comes first."""
    _answer(console, "service", {})
    until_s = time.monotonic() + SERVICE_BEGINS_MOST_S
    # The machine begins at its next tick; until then it reports the state before.
    while _answer(console, "status", {})["state"] in ("idle", "done", "checking"):
        console.pause(RENEW_EVERY_S)
        if time.monotonic() > until_s:
            return


def _end_service(console: Console, for_ms: int) -> None:
    """Service ends by itself when nobody renews it."""
    until_s = time.monotonic() + for_ms / 1000
    while time.monotonic() < until_s:
        console.ask("renew")
        console.pause(RENEW_EVERY_S)
    console.ask("stop")
    while console.ask("status")["state"] == "venting":
        console.pause(RENEW_EVERY_S)


def _words(status: dict[str, Any]) -> str:
    left_s = (status["duration_ms"] - status["run_ms"]) // 1000
    words = f"{status['program']}, {status['state']}: {left_s // 60}:{left_s % 60:02d} left, "
    words += f"{status['asked_mmhg']} mmHg; Ctrl-C stops"
    return f"press a button of the board to go on; {words}" if status["asks_for_life"] else words


def _listen(console: Console) -> None:
    try:
        while True:
            print(json.dumps(console.expect("telemetry", timeout_s=15)), flush=True)
    except KeyboardInterrupt:
        console.ask("telemetry", period_ms=0)


def _print(answer: dict[str, Any]) -> None:
    """A line for each item of the answer."""
    for key in sorted(answer.keys() - _ENVELOPE):
        value = answer[key]
        if isinstance(value, list) and value and isinstance(value[0], list):
            for row in value:
                print(f"{key}  " + visible("  ".join(map(str, row))))
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            print(f"{key}  {visible(text)}")
