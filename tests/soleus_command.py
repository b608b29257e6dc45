"""The command line as a person types it, within this process."""

import sys

from host_tools import cli


def soleus(*words: object) -> int:
    """Its exit status."""
    before = sys.argv
    sys.argv = ["soleus", *map(str, words)]
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = before
    return 0
