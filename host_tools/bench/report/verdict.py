"""A bench run in a sentence, and its failures with their causes, for the terminal."""

from host_tools.bench.measure.line import FAILED, NOT_APPLICABLE, PASSED, Line
from host_tools.bench.report.diagnosis import causes_of
from host_tools.bench.run import BenchRun


def verdict(run: BenchRun) -> str:
    """`passed: 163 of 164 lines within their limits, 1 not applicable`."""
    return f"{'passed' if run.has_passed else 'FAILED'}: {counted(run.lines)}"


def counted(lines: list[Line]) -> str:
    """How many of each kind, and no kind that there is none of."""
    counts = {status: sum(line.status == status for line in lines) for status in (FAILED, NOT_APPLICABLE)}
    passed = sum(line.status == PASSED for line in lines)
    parts = [f"{counts[FAILED]} failed"] if counts[FAILED] else []
    parts.append(f"{passed} of {len(lines)} lines within their limits")
    parts += [f"{counts[NOT_APPLICABLE]} not applicable"] if counts[NOT_APPLICABLE] else []
    return ", ".join(parts)


def cause_lines(run: BenchRun) -> list[str]:
    """Each cause with what to do about it; what failed first comes first."""
    text = []
    for number, cause in enumerate(causes_of(run.failed), start=1):
        text += [
            f"{number}. {cause.what}. {cause.to_do}",
            f"   {'; '.join(line.title for line in cause.lines)}",
        ]
    return text
