"""`soleus live`: a page in the browser that shows a machine while it works.

What was typed is checked first; the simulator, the virtual board and the server come afterwards.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import InputError
from host_tools.live.acts import SPEEDS

if TYPE_CHECKING:
    from host_tools.live.source import Source
    from host_tools.live.sources.choose import Asked

QUESTIONS = (
    "Is somebody at the machine who can reach its stop button?",
    "Has whoever wears the boots agreed that this page may press their buttons, but for start?",
)


def live(
    program: Annotated[str, typer.Argument(help="A program's name or TOML file.")] = "easy-run",
    target: Annotated[str, typer.Option(help="sim, virtual, a board's port, or FILE.slog.")] = "sim",
    versus: Annotated[
        str, typer.Option(help="A program, a plant or a recording to be shown on the same time axis.")
    ] = "",
    board: Annotated[str, typer.Option(help="A board's name or TOML file.")] = DEFAULT_BOARD,
    plant: Annotated[str, typer.Option(help="A plant's name or TOML file.")] = DEFAULT_PLANT,
    minutes: Annotated[int | None, typer.Option(help="Instead of the program's own start value.")] = None,
    pressure: Annotated[int | None, typer.Option(help="mmHg, instead of the program's start value.")] = None,
    seed: Annotated[int, typer.Option(help="Draws the plant from its ranges.", min=0)] = 0,
    speed: Annotated[str, typer.Option(help=f"{', '.join(SPEEDS)}: times as fast as the clock.")] = "1",
    steer: Annotated[
        bool, typer.Option("--steer", help="Let the page press a real board's buttons, but for start.")
    ] = False,
    packages: Annotated[
        Path | None,
        typer.Option(help="A folder with micropython-lib packages, for use without a net."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    host: Annotated[str, typer.Option(help="Other than loopback lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8765,
) -> None:
    """Show a machine on a page in the browser while it works: simulated, virtual, real or recorded.

    Ctrl-C ends it; a session that it leads is stopped and vented first.
    """
    if speed not in SPEEDS:
        raise InputError("--speed", "", speed, f"one of {', '.join(SPEEDS)}")
    from host_tools.catalogue.boards import load_board
    from host_tools.live.choices import choices_for
    from host_tools.live.player import Player
    from host_tools.live.server.serve import listener_at, serve
    from host_tools.live.sources.choose import Asked, beside, source_of

    listener = listener_at(host, port)
    asked = Asked(program, target, board, plant, minutes, pressure, seed, speed, steer, packages)
    if steer:
        _ask_first()
    sources = []
    try:
        sources.append(source_of(asked, _say))
        if versus:
            sources.append(source_of(beside(asked, versus), _say))
    except BaseException:
        listener.close()
        for source in sources:
            source.close()
        raise
    choices = (
        choices_for(load_board(board).boots)
        if target in ("sim", "virtual")
        else {"programs": [], "plants": []}
    )
    _compile_for_the_next_time(asked, sources)
    player = Player(sources, choices)
    try:
        serve(player, listener, host, open_, _say)
        _say("ending")
    finally:
        player.close()


def _compile_for_the_next_time(asked: "Asked", sources: "list[Source]") -> None:
    """As `soleus sim` does: meanwhile the core runs as plain Python, with the same result."""
    from host_tools.live.sources.simulated import Simulated

    if any(isinstance(source, Simulated) and source.is_plain for source in sources):
        from host_tools.sim.compile_ahead import compile_in_background

        compile_in_background(asked.program, asked.board, asked.plant)


def _ask_first() -> None:
    """Somebody must be there to answer, as with the bench."""
    if not sys.stdin.isatty():
        raise InputError("--steer", "", None, "a person at a terminal, who answers two questions first")
    for question in QUESTIONS:
        if not typer.confirm(question):
            raise InputError("--steer", "", None, "two times yes; without it the page only watches")


def _say(words: str) -> None:
    print(f"soleus: {words}" if not words.startswith("http") else words, file=sys.stderr, flush=True)
