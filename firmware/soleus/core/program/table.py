"""Reads a program's table, key by key. The program that is read doesn't need these modules any more.

The host reads the table from a person's TOML, the device from the JSON that the host made of it. Both come
through `head_table.py` and `block_table.py`; a device loads one after the other.
"""

from soleus.core.program.block_table import read_blocks
from soleus.core.program.head_table import read_head
from soleus.core.program.program import Program


def read_program(table: object) -> Program:
    """A `SettingError` names the key, the value found there, and what would be right."""
    program = read_head(table)
    read_blocks(program, table)  # type: ignore[arg-type]  # read_head refuses what isn't a table
    return program
