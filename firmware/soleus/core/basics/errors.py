"""The error for a setting that can't be used, on the device and on the host."""


class SettingError(Exception):
    """Names the key, the value found there, and what would be right."""

    def __init__(self, key: str, value: object, expected: str) -> None:
        super().__init__(key, value, expected)
        self.key = key
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        return "{} = {!r}: {}".format(self.key, self.value, self.expected)
