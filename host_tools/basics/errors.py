"""What a person gets when their input can't be used: one line, and exit status 2."""

from pathlib import Path

FELL_SHORT = 1
"""Exit status of a command that ran, and whose answer is no."""

UNUSABLE_INPUT = 2
"""Exit status of a command that couldn't use its input."""

# A longer value, such as a whole table, would hide the rest of the message.
VALUE_MOST_CHARACTERS = 160


class InputError(Exception):
    """Names the file, the key, the value found there, and what is expected.

    `expected` stands behind that word: "a file that ends in .csv", not "no such file" or "is missing".
    """

    def __init__(self, file: str | Path, key: str, value: object, expected: str) -> None:
        self.file, self.key, self.value, self.expected = str(file), key, value, expected
        super().__init__(file, key, value, expected)

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        what = "" if self.value is None else f" = {_short(self.value)}"
        return " ".join(f"{where}{what}: expected {self.expected}".split())


class RefusalError(InputError):
    """Somebody else's words about the input: a board's answer, a compiler's complaint."""

    def __init__(self, who: str | Path, words: str) -> None:
        super().__init__(who, "", None, words)

    def __str__(self) -> str:
        return f"{self.file}: {' '.join(self.expected.split())}"


class SilentBoardError(TimeoutError):
    """A board that doesn't answer over its console link; what would make it answer."""

    def __init__(self, port: str, timeout_s: float, is_at_prompt: bool) -> None:
        self.is_at_prompt = is_at_prompt
        reset = f"`soleus ask reset --port {port}`"
        if is_at_prompt:
            words = f"the board is at MicroPython's prompt and doesn't run Soleus; {reset} starts it"
        else:
            words = f"no answer from the board within {timeout_s:g} s; {reset} starts Soleus again"
            words += ", if it is on the board; `soleus doctor` looks at what is there"
        super().__init__(f"{port}: {words}")


class LostBoardError(OSError):
    """A board whose port went away while it was asked."""

    def __init__(self, port: str, why: object) -> None:
        super().__init__(f"{port}: the board is gone ({why})")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= VALUE_MOST_CHARACTERS else f"{text[:VALUE_MOST_CHARACTERS]}..."
