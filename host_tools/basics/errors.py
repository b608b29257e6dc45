"""What a person gets when their input can't be used: one line, and exit status 2."""

from pathlib import Path

FELL_SHORT = 1
"""Exit status of a command that ran, and whose answer is no."""

UNUSABLE_INPUT = 2
"""Exit status of a command that couldn't use its input."""

# A longer value, such as a whole table, would hide the rest of the message.
VALUE_MOST_CHARACTERS = 160


class InputError(Exception):
    """Names the file, the key, the value found there, and what is expected."""

    def __init__(self, file: str | Path, key: str, value: object, expected: str) -> None:
        self.file, self.key, self.value, self.expected = str(file), key, value, expected
        super().__init__(file, key, value, expected)

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        what = "" if self.value is None else f" = {_short(self.value)}"
        return " ".join(f"{where}{what}: {self.expected}".split())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= VALUE_MOST_CHARACTERS else f"{text[:VALUE_MOST_CHARACTERS]}..."
