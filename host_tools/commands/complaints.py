"""What a command says that checks many things: every complaint, a line each."""

import sys

from host_tools.basics.errors import InputError


def refuse_all(errors: list[InputError]) -> None:
    for error in errors[:-1]:
        sys.stderr.write(f"soleus: {error}\n")
    if errors:
        # `main` prints the last line, and sets the exit status.
        raise errors[-1]
