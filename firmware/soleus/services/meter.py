"""How long this board has pressed legs in its life: adds up across resets and power cuts."""

from .files import BrokenFileError, encode, read_table, write_whole

METER_FILE = "/meter.json"


class Meter:
    def __init__(self, name: str = METER_FILE) -> None:
        self.name = name
        self.therapy_s = 0
        self.sessions = 0
        # How much of the running session is in `therapy_s` already.
        self.counted_s = 0

    def load(self) -> str:
        """What is wrong with the file, if anything is: then it counts from 0."""
        try:
            table = read_table(self.name) or {}
            self.therapy_s, self.sessions = int(table.get("therapy_s", 0)), int(table.get("sessions", 0))
        except (BrokenFileError, TypeError, ValueError) as error:
            return str(error)
        return ""

    def begin_session(self) -> None:
        self.sessions += 1
        self.counted_s = 0

    def count(self, run_ms: int) -> bool:
        """The running session's time so far; is there anything to write?"""
        more_s = run_ms // 1000 - self.counted_s
        if more_s <= 0:
            return False
        self.therapy_s += more_s
        self.counted_s += more_s
        return True

    def write(self) -> None:
        write_whole(self.name, encode({"therapy_s": self.therapy_s, "sessions": self.sessions}))
