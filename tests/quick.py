"""What `make quick` runs: tests of the core, and of each place that changed since the last commit.

Prints what it left out and how to run that. `make test` runs everything.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

ALWAYS = ["tests/core"]
# Each takes many seconds: whole sessions, compiling the core, other interpreters, virtual boards.
SLOW = [
    "tests/core/test_exploration.py",
    "tests/core/rules/test_bounds.py",
    "tests/host/bench",
    "tests/host/flash",
    "tests/host/test_wheel.py",
    "tests/log/test_ring_reach.py",
    "tests/micropython",
    "tests/plant/test_plant_accuracy.py",
    "tests/sim",
    "tests/virtual",
]
# A place in the sources, and its tests. For any other room of host_tools: tests/host/ROOM.
TESTS_OF = {
    "firmware/soleus/log": "tests/log",
    "host_tools/log": "tests/log",
    "host_tools/plant": "tests/plant",
}


def main() -> int:
    changed = changed_files()
    chosen = sorted({*ALWAYS, *(tests for path in changed for tests in tests_of(path))})
    print("Running", ", ".join(chosen), flush=True)
    left_out = [option for slow in SLOW for option in ("--ignore", slow)]
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not by_the_clock"]
    status = subprocess.run([*pytest, *left_out, *chosen], cwd=ROOT, check=False).returncode
    print("\nLeft out; run one with .venv/bin/python -m pytest PATH, or everything with make test:")
    for path in not_run(chosen):
        print(" ", path)
    print("  every test marked by_the_clock (add -m by_the_clock)")
    return status


def changed_files() -> list[str]:
    """What differs from the last commit, new files too; nothing where this is no git checkout."""
    listed: list[str] = []
    for command in (
        ["git", "diff", "--name-only", "--relative", "HEAD"],
        ["git", "ls-files", "--others", "--exclude-standard"],
    ):
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        listed += answer.stdout.splitlines()
    return listed


def tests_of(path: str) -> list[str]:
    """The quick tests of a file: a changed test is its own."""
    parts = Path(path).parts
    is_test = parts[0] == "tests" and parts[-1].startswith("test_")
    room = "/".join(parts[:2]) if parts[0] == "host_tools" else "/".join(parts[:3])
    found = path if is_test else TESTS_OF.get(room, f"tests/host/{Path(room).name}")
    is_there = (ROOT / found).exists() and (is_test or parts[0] in ("firmware", "host_tools"))
    return [found] if is_there and not is_slow(found) else []


def is_slow(path: str) -> bool:
    return any(Path(path).is_relative_to(slow) for slow in SLOW)


def not_run(chosen: list[str]) -> list[str]:
    """The files and folders of tests that were not run, slow ones whole."""
    folders = [ROOT / "tests" / name for name in ("host", "log", "plant")]
    others = [path for folder in folders for path in sorted(folder.iterdir())]
    names = [path.relative_to(ROOT).as_posix() for path in others if is_tests(path)]
    run = [Path(name) for name in chosen]
    quick = [name for name in names if not any(Path(name).is_relative_to(path) for path in run)]
    return sorted({*SLOW, *(name for name in quick if not is_slow(name))})


def is_tests(path: Path) -> bool:
    return any(path.glob("test_*.py")) if path.is_dir() else path.match("test_*.py")


if __name__ == "__main__":
    sys.exit(main())
