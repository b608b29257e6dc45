"""One line of help for a fault. It is read from a file, because all of them would take 8 KB of memory."""

ADVICE_FILE = "advice.txt"


def advice(code: str) -> str:
    try:
        with open(ADVICE_FILE) as file:
            for line in file:
                if line.startswith(code + " "):
                    return line[len(code) + 1 :].rstrip()
    except OSError:
        pass
    return ""
