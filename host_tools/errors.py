"""What a person gets when their input can't be used: one line, and exit status 2."""

from pathlib import Path


class InputError(Exception):
    """Names the file, the key, the value found there, and what would be right."""

    def __init__(self, file: str | Path, key: str, value: object, expected: str) -> None:
        self.file, self.key, self.value, self.expected = str(file), key, value, expected
        super().__init__(file, key, value, expected)

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        what = "" if self.value is None else f" = {self.value!r}"
        return " ".join(f"{where}{what}: {self.expected}".split())
