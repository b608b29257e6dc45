"""What others say is wrong, in the words of an `InputError`: something that can stand behind "expected"."""

UNKNOWN_KEY = "not a key here; known: "
# Why a pair of boots can't run a program.
_BOOTS = "this board"
# Pydantic's texts that leave out what is to be greater, or less.
_OURS = "Value error, "
_COMPARED = ("greater", "less")


def from_core(words: str) -> str:
    """A `SettingError` also says why something can't be: a chip has no room for more than one sentence."""
    if words.startswith(UNKNOWN_KEY):
        return one_of_the_keys(words.removeprefix(UNKNOWN_KEY).split(", "))
    return f"a program for these boots; {words}" if words.startswith(_BOOTS) else words


def from_board(words: str) -> str:
    """`KEY = VALUE: EXPECTED` as a board answers it."""
    key, is_setting, rest = words.partition(" = ")
    value, colon, expected = rest.partition(": ")
    if not is_setting or not colon:
        return words
    return f"{key} = {value}: expected {_kind(expected) or from_core(expected)}"


def from_pydantic(message: str) -> str:
    if message.startswith(_OURS):
        return message.removeprefix(_OURS)
    words = message.removeprefix("Input should be ").split(",")[0]
    return f"a number {words}" if words.startswith(_COMPARED) else words


def one_of_the_keys(known: list[str]) -> str:
    return f"one of the keys {', '.join(known)}"


def _kind(words: str) -> str:
    """A chip compares a setting with its default: `of the kind of False`."""
    default = words.removeprefix("of the kind of ")
    if default == words:
        return ""
    if default in ("True", "False"):
        return "true or false"
    return {"'": "text", "[": "a list", "{": "a table"}.get(default[0], f"a number such as {default}")
