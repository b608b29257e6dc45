"""One line of help for a fault, from a file that is made of `fault_help.py`, whose words would need 8 KB."""

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
