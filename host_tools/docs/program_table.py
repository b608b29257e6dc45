"""The table of all programs for docs/programs.md, made from the files themselves."""

import sys

from host_tools.catalogue.programs import load_program, program_names
from soleus.core.program.program import Program
from soleus.core.program.words import PATTERNS, Span

HEADINGS = ("program", "for", "when", "minutes", "mmHg", "pattern", "source")


def program_table(extra: dict[str, dict[str, str]] | None = None) -> str:
    """A Markdown table. `extra` adds columns: heading -> program id -> text."""
    columns = extra or {}
    headings = [*HEADINGS, *columns]
    lines = [_line(headings), _line(["---"] * len(headings))]
    for name in program_names():
        cells = _cells(load_program(name))
        lines.append(_line(cells + [column.get(name, "") for column in columns.values()]))
    return "\n".join(lines) + "\n"


def _cells(program: Program) -> list[str]:
    patterns = " + ".join(PATTERNS[block.pattern] for block in program.blocks)
    minutes, pressure = _range(program.minutes), _range(program.pressure_mmhg)
    return [f"`{program.id}`", program.title, program.when, minutes, pressure, patterns, program.source]


def _range(span: Span) -> str:
    """The lowest and the highest value, and the start if it isn't the lowest."""
    if span.least == span.most:
        return f"{span.least}"
    text = f"{span.least}-{span.most}"
    return text if span.start == span.least else f"{text}, from {span.start}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(program_table())
