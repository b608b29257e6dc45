"""Prints tables after a test run: ways out of a session, the cost of the app, how late a tick came."""

from typing import Any

from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    ways = _noted(terminalreporter, "way out")
    if ways:
        terminalreporter.section("every way out vents")
        terminalreporter.line(f"{'way out':<46}{'from mmHg':>10}{'vented s':>10}{'below 10 mmHg s':>17}")
    for name, from_mmhg, vented_s, free_s in ways:
        terminalreporter.line(f"{name:<46}{from_mmhg:>10.0f}{vented_s:>10.2f}{free_s:>17.2f}")
    costs = _noted(terminalreporter, "cost")
    if costs:
        terminalreporter.section("a control tick on the unix port, and the heap in 32-bit words")
        terminalreporter.line(f"{'board':<20}{'tick us':>10}{'worst us':>10}{'free KB':>10}{'used KB':>10}")
    for name, median_us, most_us, free_bytes, used_bytes in costs:
        sizes = f"{free_bytes / 1024:>10.1f}{used_bytes / 1024:>10.1f}"
        terminalreporter.line(f"{name:<20}{median_us:>10}{most_us:>10}{sizes}")

    delays = _noted(terminalreporter, "delay")
    if delays:
        terminalreporter.section("how late the latest tick came")
    for name, delay_ms, remark in delays:
        terminalreporter.line(f"{name:<32}{delay_ms:>4} ms  {remark}")


def _noted(terminal: TerminalReporter, kind: str) -> list[Any]:
    reports = terminal.stats.get("passed", [])
    return sorted(value for report in reports for name, value in report.user_properties if name == kind)
