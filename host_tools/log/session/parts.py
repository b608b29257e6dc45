"""A session that was gone on with: each part is a log of its own, and the later ones name the first."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.log.log_file import Log, read_log
from host_tools.log.session.calendar import ended_at, started_at
from soleus.log.folder import SUFFIX


@dataclass(frozen=True)
class WholeSession:
    """One session: its logs, in the order of time."""

    parts: list[Log]

    @property
    def first(self) -> Log:
        return self.parts[0]

    @property
    def last(self) -> Log:
        return self.parts[-1]

    @property
    def name(self) -> str:
        """Such as `000012.slog + 000013.slog`."""
        return " + ".join(part.path.name for part in self.parts)

    @cached_property
    def gaps_s(self) -> list[float | None]:
        """How long nothing ran before each later part; None where nobody knows, as after a loss of power."""
        return [_gap_s(before, after) for before, after in zip(self.parts, self.parts[1:], strict=False)]

    @property
    def gap_words(self) -> list[str]:
        return [_gap_words(gap_s) for gap_s in self.gaps_s]


def whole_session(log: Log) -> WholeSession:
    """With the other parts that lie in the same folder."""
    first = first_name(log)
    near = [_of_the_same(log, path, first) for path in sorted(log.path.parent.glob(f"*{SUFFIX}"))]
    parts = {part.path.name: part for part in near if part} | {log.path.name: log}
    return WholeSession([parts[name] for name in sorted(parts)])


def whole_sessions(folder: Path) -> tuple[list[WholeSession], list[tuple[Path, str]]]:
    """Each once; and the files that can't be read, with why."""
    logs: dict[tuple[str, str], list[Log]] = {}
    unreadable = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            log = read_log(path)
        except InputError as error:
            unreadable.append((path, str(error)))
        else:
            logs.setdefault((first_name(log), _machine(log)), []).append(log)
    return [WholeSession(parts) for parts in logs.values()], unreadable


def first_name(log: Log) -> str:
    """Of the session's first part."""
    return str((log.header.get("changes") or {}).get("part_of") or log.path.name)


def _of_the_same(log: Log, path: Path, first: str) -> Log | None:
    if path.name == log.path.name:
        return log
    try:
        other = read_log(path)
    except InputError:
        return None
    is_same = first_name(other) == first and _machine(other) == _machine(log)
    return other if is_same else None


def _machine(log: Log) -> str:
    return f"{log.header.get('board')} {(log.header.get('program') or {}).get('id')}"


def _gap_s(before: Log, after: Log) -> float | None:
    ended, started = ended_at(before), started_at(after)
    if ended and started:
        return (started - ended).total_seconds()
    # The machine's own time goes on as long as it has power.
    ended_ms, started_ms = (before.end or {}).get("at_ms"), after.begins_ms
    if ended_ms is None or started_ms is None or started_ms < ended_ms:
        return None
    return (started_ms - ended_ms) / 1000 if after.header.get("why") == before.header.get("why") else None


def _gap_words(gap_s: float | None) -> str:
    if gap_s is None:
        return "some time later"
    return f"{gap_s:.0f} s later" if gap_s < 60 else f"{gap_s / 60:.0f} min later"
