"""Hours and sessions of therapy: they add up across resets and losses of power."""

from soleus.store.files import STATE_FOLDER, encode, write_whole

METER_FILE = STATE_FOLDER + "/meter.json"


class TherapyMeter:
    def __init__(self, therapy_s: int, sessions_count: int) -> None:
        self.therapy_s = therapy_s
        self.sessions_count = sessions_count
        # How much of the running session `therapy_s` has already.
        self.counted_s = 0

    def begin(self, sessions_count: int, run_ms: int) -> None:
        """So many sessions begin; what has run until now doesn't count."""
        self.sessions_count += sessions_count
        self.counted_s = run_ms // 1000

    def count(self, run_ms: int) -> None:
        more_s = run_ms // 1000 - self.counted_s
        if more_s <= 0:
            return
        therapy_s = self.therapy_s + more_s
        # This needs memory, so it comes first: when it fails, nothing has been counted yet.
        content = encode({"therapy_s": therapy_s, "sessions": self.sessions_count})
        self.counted_s += more_s
        self.therapy_s = therapy_s
        write_whole(METER_FILE, content)
