"""`python -m host_tools.benchmark`: measures the simulator, prints the figures and writes docs/speed.md."""

import sys

from rich.console import Console

from host_tools.benchmark.figures import measure
from host_tools.benchmark.page import PAGE, page, show
from host_tools.docs.page import write
from host_tools.errors import InputError

UNUSABLE_INPUT = 2


def main() -> None:
    with Console(stderr=True).status("measuring; a minute or two"):
        figures = measure()
    show(figures, Console())
    write({PAGE: page(figures).encode()})


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        sys.exit(UNUSABLE_INPUT)
