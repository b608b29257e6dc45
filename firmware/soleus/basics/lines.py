"""Breaks a text into lines, as a display has room for them."""


def lines_of(text: str, letters: int) -> list:
    """The text in lines of so many letters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines
