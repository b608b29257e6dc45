"""The summary of `soleus flash`: one table, with a line for each thing that it did or found."""

from rich.console import Console
from rich.table import Table

from host_tools.flash import Flashed
from soleus.store.files import STATE_FOLDER


def print_report(result: Flashed, console: Console | None = None) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for name, value in report_lines(result):
        table.add_row(name, value)
    (console or Console(highlight=False, markup=False)).print(table)


def report_lines(result: Flashed) -> list[tuple[str, str]]:
    app = result.app
    lines = [
        ("board", f"{result.board.name} on {result.port}"),
        ("MicroPython", _micropython(result)),
        (
            "application",
            f"{app.slot}: {len(app.files)} files, {app.size_bytes} bytes, {app.programs} programs",
        ),
        ("files", _files(result)),
    ]
    if result.ended_session:
        lines.insert(1, ("session", f"was {result.ended_session}; ended, and the legs were vented"))
    if result.tested is not None:
        lines.append(("self-test", _tested(result)))
    lines.append(("outcome", _outcome(result)))
    return lines


def _micropython(result: Flashed) -> str:
    found = f"{result.found.version} was there" if result.found else "none answered"
    if not result.image:
        return f"{found}; it stays"
    return f"{found}; {'would write' if result.is_dry_run else 'wrote'} {result.image}"


def _files(result: Flashed) -> str:
    plan = result.plan
    if plan is None:
        all_files = f"all {len(result.app.files)}, as one image with MicroPython"
        return f"would write {all_files}" if result.is_dry_run else f"{all_files}; read back by MD5"
    if plan.is_done:
        return "nothing to do: all read back as they should be"
    size = sum(len(result.app.files[name]) for name in plan.send)
    words = "would be " if result.is_dry_run else ""
    packed = f", {plan.sent_bytes} over the line" if plan.sent_bytes else ""
    parts = [f"{len(plan.send)} {words}sent ({size} bytes{packed})"]
    for names, what in (
        (plan.copy, f"{words}copied from the old application"),
        (plan.carry, f"of its settings {words}moved to {STATE_FOLDER}"),
        (plan.chooser, f"{words}written to start it"),
    ):
        if names:
            parts.append(f"{len(names)} {what}")
    return ", ".join(parts) + ("" if result.is_dry_run else "; all read back and equal")


def _tested(result: Flashed) -> str:
    tested = result.tested
    assert tested is not None
    if not tested.results:
        return tested.why
    bad = [f"{name}: {value}" for name, is_well, value in tested.results if not is_well]
    passed = f"{len(tested.results) - len(bad)} of {len(tested.results)} passed"
    return f"{passed}; {', '.join(bad)}" if bad else passed


def _outcome(result: Flashed) -> str:
    if result.is_dry_run:
        return "a dry run: nothing was written"
    if result.is_rolled_back:
        assert result.plan is not None
        return f"went back to {result.plan.old_slot}, which was there before"
    if not result.is_well:
        return "flashed, but the self-test fell short; see docs/boards.md, or the board's wiring.md"
    return "ready"
