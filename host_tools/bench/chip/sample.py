"""Modules of a known size that a board imports: like the firmware's, each with names of its own.

MicroPython keeps a name for good once it has met it, so the same module costs less the second time.
"""

from host_tools.flash.compile.mpy import compile_text

_FUNCTION = """

def {tag}_valve_{number}({tag}_flow_{number}, limit):
    {tag}_left_{number} = limit - {tag}_flow_{number}
    if {tag}_left_{number} < 0:
        return ("{tag} over by {number}", -{tag}_left_{number})
    for index in range({tag}_left_{number} & 7):
        {tag}_flow_{number} += index * {tag}_left_{number} // 16
    return ("{tag} fits", {tag}_flow_{number})


class {tag}_Chamber_{number}:
    def __init__(self, index):
        self.index = index
        self.{tag}_pa_{number} = 0

    def {tag}_step_{number}(self, readings, dt_ms):
        self.{tag}_pa_{number} = (self.{tag}_pa_{number} * 3 + readings[self.index] * dt_ms) // 4
        return {tag}_valve_{number}(self.{tag}_pa_{number}, 8000)
"""


def sample_module(name: str, functions: int) -> bytes:
    """A compiled module; its length is what the board is told it costs to import."""
    text = "".join(_FUNCTION.format(tag=name, number=number) for number in range(functions))
    return compile_text(text, f"{name}.py")
