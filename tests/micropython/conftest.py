"""Ends a test run with two tables: which sessions were replayed where, and how much heap the app leaves."""

from collections import defaultdict

from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    results: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for outcome, word in (("passed", "ok"), ("failed", "DIFFERS")):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in report.user_properties:
                if name == "replay":
                    session, interpreter, ticks = value
                    results[session, ticks][interpreter] = word
    heaps = sorted(
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "heap"
    )
    if heaps:
        terminalreporter.section("KB free of the chip's heap, in words of 32 bits")
        terminalreporter.line(f"{'board':<20}{'at rest':>10}{'all asked once':>16}{'at the highest':>16}")
    for board, at_rest, afterwards, highest in heaps:
        terminalreporter.line(
            f"{board:<20}{at_rest / 1024:>10.1f}{afterwards / 1024:>16.1f}{highest / 1024:>16.1f}"
        )
    if results:
        _write(terminalreporter, dict(sorted(results.items())))


def _write(terminal: TerminalReporter, results: dict[tuple[str, int], dict[str, str]]) -> None:
    interpreters = sorted({interpreter for words in results.values() for interpreter in words})
    terminal.section("the same commands at every tick")
    terminal.line(f"{'session':<62}{'ticks':>8}" + "".join(f"{name:>9}" for name in interpreters))
    for (session, ticks), words in results.items():
        cells = "".join(f"{words.get(name, '-'):>9}" for name in interpreters)
        terminal.line(f"{session:<62}{ticks:>8,}{cells}")
    total = sum(ticks for _, ticks in results)
    terminal.line(f"{len(results)} sessions, {total:,} ticks on each interpreter")
