"""`soleus program`: find, look at, check and compile what the boots can do."""

import json as json_text
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import FELL_SHORT, InputError
from host_tools.catalogue.boards import Board, board_names, layout, load_board
from host_tools.catalogue.program_errors import program_errors
from host_tools.catalogue.programs import (
    compile_program,
    find_programs,
    load_program,
    load_program_table,
    program_file,
    program_names,
    refuse_unfit,
)
from host_tools.commands.complaints import refuse_all
from host_tools.output.cycle import Cycle, one_cycle
from host_tools.output.cycle_drawing import ASCII_BLOCKS, BLOCKS, cycle_lines, cycle_picture, stage_legend
from soleus.core.basics.errors import SettingError
from soleus.core.make_ready import presence_minutes
from soleus.core.program import fit
from soleus.core.program.block import Block
from soleus.core.program.program import Program
from soleus.core.program.words import LEG_MODES, PATTERNS, Span

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Find, look at, check and compile programs."
)

ProgramName = Annotated[str, typer.Argument(metavar="PROGRAM", help="A name, or the path of a .toml file.")]
BoardName = Annotated[str, typer.Option("--board", help="A board's name, or the path of a board file.")]


# "leg" stands in every other sentence.
STEM_LEAST = 4
_HEADINGS = ("program", "min", "mmHg", "pattern", "for")


@app.command("list")
def list_programs(
    need: Annotated[list[str] | None, typer.Argument(help="Such as cramps, or: heavy legs")] = None,
) -> None:
    """List the programs, or those for a need."""
    wanted = " ".join(need or [])
    names = find_programs(wanted) if wanted else program_names()
    if not names:
        raise InputError(
            "program list", "", wanted, "a need of one of the programs; `soleus program list` shows all"
        )
    table = RichTable(*_HEADINGS, box=None, pad_edge=False, header_style="bold")
    for name in names:
        program = load_program(name)
        minutes, pressure = _range(program.minutes), _range(program.pressure_mmhg)
        table.add_row(name, minutes, pressure, " + ".join(_patterns(program)), program.title)
    console = Console()
    console.print(table)
    for name in names:
        for caution in _cautions(load_program(name).purpose, need or []):
            console.print(f"{name}: {caution}", highlight=False, markup=False)


def _cautions(purpose: str, need: list[str]) -> list[str]:
    """Where a program's own text says that it is not for this need: whoever looks must not miss it."""
    stems = [word.lower().rstrip("s") for word in need]
    sentences = [
        said for said in re.split(r"(?<=\.)\s+", purpose) if re.search(r"\b(no|not)\b", said.lower())
    ]
    return [s for s in sentences if any(stem in s.lower() for stem in stems if len(stem) >= STEM_LEAST)]


@app.command()
def show(
    name: ProgramName,
    board: BoardName = DEFAULT_BOARD,
    plot: Annotated[Path | None, typer.Option("--plot", help="A PNG file to draw it into, too.")] = None,
) -> None:
    """Show a program's facts and draw one cycle of it."""
    program = load_program(name)
    its_board = load_board(board)
    refuse_unfit(name, program, its_board.boots)
    cycles = [one_cycle(program, its_board.boots, number) for number in range(len(program.blocks))]
    titles = [_block_title(block, cycle) for block, cycle in zip(program.blocks, cycles, strict=True)]
    if plot:
        write_whole(plot, cycle_picture(cycles, [f"{program.title}: {title}" for title in titles]))
    _print_facts(program)
    _print_cycles(its_board, cycles, titles)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Program files or names.")],
) -> None:
    """Check programs with the validator that the boots use, and say which boards run them."""
    errors = []
    for file in files:
        wrong = program_errors(file)
        errors += wrong
        if not wrong:
            sys.stdout.write(f"{file}: fine; {_fits(load_program(file))}\n")
    refuse_all(errors)


@app.command("compile")
def compile_one(
    name: ProgramName,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="`-` is stdout; without it, ID.json here.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Make the JSON that the device stores."""
    table = load_program_table(name)
    compiled = compile_program(table)
    if output == "-":
        sys.stdout.buffer.write(compiled)
        return
    file = Path(output) if output else _default_output(name, table["id"])
    write_whole(file, compiled)
    sys.stdout.write(f"{file}: {len(compiled)} bytes\n")


@app.command("compare")
def compare_programs(
    names: Annotated[list[str], typer.Argument(metavar="A B...", help="Programs, or patterns' names.")],
    board: BoardName = DEFAULT_BOARD,
    plant: Annotated[str, typer.Option(help="A plant's name or TOML file.")] = DEFAULT_PLANT,
    seed: Annotated[int, typer.Option(help="Draws the plant from its ranges.", min=0)] = 0,
    minutes: Annotated[int | None, typer.Option(help="For all, instead of each one's own.")] = None,
    pressure: Annotated[int | None, typer.Option(help="mmHg, for all.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="A picture of it, as .png.")] = None,
    json: Annotated[
        str | None, typer.Option(metavar="FILE", help="The numbers; - prints them alone.")
    ] = None,
) -> None:
    """Simulate programs on the same boots, and show side by side what each does and costs."""
    if len(names) < 2:
        raise InputError("A B...", "", " ".join(names), "two programs or more")
    if plot and plot.suffix.lower() != ".png":
        raise InputError("--plot", "", str(plot), "a file that ends in .png")
    # Importing the simulator takes longer than a refusal may.
    from host_tools.compare.figures import as_table, compare
    from host_tools.compare.terminal import print_comparison

    terminal = Console(stderr=True)
    with terminal.status("checking", spinner="dots") as status:
        found = compare(
            names, board, plant, seed, minutes, pressure, lambda name: status.update(f"simulating {name}")
        )
    about = f"on {board}, plant {plant}, seed {seed}"
    text = json_text.dumps(as_table(found, board, plant, seed), indent=2) + "\n"
    if json == "-":
        sys.stdout.write(text)
    else:
        print_comparison(found, about)
    if json and json != "-":
        write_whole(Path(json), text.encode())
    if plot:
        from host_tools.compare.picture import comparison_png

        write_whole(plot, comparison_png(found, f"The same boots, {about}"))
    if any(one.outcome == "fault" for one in found):
        raise typer.Exit(FELL_SHORT)


def _default_output(name: str, program_id: str) -> Path:
    if not program_id.replace("-", "").replace("_", "").isalnum():
        expected = "letters, digits and hyphens, or say with -o where to write"
        raise InputError(program_file(name), "id", program_id, expected)
    return Path(f"{program_id}.json")


def _fits(program: Program) -> str:
    """The boards on which it runs, and why not on the others."""
    runs_on, refusals = [], []
    for name in board_names():
        try:
            fit.refuse_unfit(program, load_board(name).boots)
            runs_on.append(name)
        except SettingError as error:
            refusals.append(f"not on {name} ({error.key}: {error.expected})")
    return "; ".join([f"runs on {', '.join(runs_on) or 'no board'}", *refusals])


def _print_facts(program: Program) -> None:
    facts = RichTable.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column()
    minutes, pressure = _range_with_start(program.minutes), _range_with_start(program.pressure_mmhg)
    facts.add_row(program.id, program.title)
    facts.add_row("for", program.purpose)
    facts.add_row("when", program.when)
    facts.add_row("minutes", minutes)
    facts.add_row("mmHg", pressure)
    facts.add_row("mode", program.mode)
    if presence_minutes(program, program.minutes.start):
        facts.add_row("ends", _ends_without_a_press(program))
    facts.add_row("source", program.source)
    Console(highlight=False, markup=False).print(facts)


def _ends_without_a_press(program: Program) -> str:
    after = presence_minutes(program, program.minutes.start)
    return f"by itself after {after} min without a press, and asks for one before"


def _print_cycles(board: Board, cycles: list[Cycle], titles: list[str]) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"\non {board.name}: {layout(board.boots)}")
    blocks = BLOCKS if console.encoding.lower().startswith("utf") else ASCII_BLOCKS
    for cycle, title in zip(cycles, titles, strict=True):
        console.print(f"\n{title}")
        for line in cycle_lines(cycle, min(console.width, 100), blocks):
            console.print(line, no_wrap=True, overflow="crop")
    console.print(f"\n{stage_legend()}\nFills are estimated; `soleus sim` plays the whole session.")


def _block_title(block: Block, cycle: Cycle) -> str:
    legs = "" if cycle.boots.legs == 1 else f", legs {LEG_MODES[block.legs]}"
    share = "" if block.share_percent == 100 else f", {block.share_percent} % of the session"
    return f"One {PATTERNS[block.pattern]} cycle, about {cycle.duration_s:.0f} s{legs}{share}"


def _patterns(program: Program) -> list[str]:
    return [PATTERNS[block.pattern] for block in program.blocks]


def _range(span: Span) -> str:
    return f"{span.least}" if span.least == span.most else f"{span.least}-{span.most}"


def _range_with_start(span: Span) -> str:
    return _range(span) if span.least == span.most else f"{_range(span)}, begins at {span.start}"
