"""Whether this person may open a port, and whether another program has it open."""

import os
from pathlib import Path

from host_tools.doctor.finding import Finding

try:
    import grp
    import pwd
except ImportError:
    # Windows has no groups for ports.
    grp = pwd = None  # type: ignore[assignment]  # the modules of other systems

# The group of serial ports on most Linux systems.
USUAL_GROUP = "dialout"
PROCESSES = Path("/proc")
# Whoever holds this end of a pseudo-terminal is the board behind it.
MASTER = "ptmx"


def no_access(port: str) -> Finding | None:
    """None where the port may be opened."""
    if os.name != "posix":
        # A port is no file there, and belongs to nobody.
        return None
    path = Path(port)
    if not path.exists():
        return Finding("port", f"{port} isn't there", "plug the board in with a cable that carries data")
    if os.access(port, os.R_OK | os.W_OK):
        return None
    group = _group_of(path)
    if group and _is_in_group(group):
        advice = f"log out and in again: you are in the group {group}, but not in this login"
    else:
        advice = f"sudo usermod -aG {group or USUAL_GROUP} $USER, then log out and in again"
    return Finding("port", f"{port}: no permission", advice)


def user_of(port: str, processes: Path = PROCESSES) -> str:
    """The program that has a port open, as `name (number)`; empty if none has, or nobody can say."""
    wanted = os.path.realpath(port)
    for process in sorted(processes.glob("[0-9]*")):
        if process.name != str(os.getpid()) and _has_open(process, wanted):
            return f"{_name_of(process)} ({process.name})"
    return ""


def _has_open(process: Path, wanted: str) -> bool:
    try:
        links = [str(link.readlink()) for link in (process / "fd").iterdir()]
    except OSError:
        # Another person's, or it has just ended.
        return False
    return wanted in links and not any(link.endswith(MASTER) for link in links)


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "a program"


def _group_of(path: Path) -> str:
    try:
        return grp.getgrgid(path.stat().st_gid).gr_name if grp else ""
    except (KeyError, OSError):
        return ""


def _is_in_group(group: str) -> bool:
    try:
        return pwd.getpwuid(os.getuid()).pw_name in grp.getgrnam(group).gr_mem if pwd else False
    except KeyError:
        return False
