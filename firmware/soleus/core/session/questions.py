"""The questions before a session, one by one, each with an answer of its own.

A `yes` goes on to the next one. A `no` ends it, and the only way on is from the first question. So is a time
without an answer. Needed at rest only: a chip unloads it before anything is energised.
"""

# 0 pain, swelling or warmth in one leg; 1 skin; 2 feeling; 3 a condition that needs a professional's word.
COUNT = 4
# A further one where there were sessions enough today.
ONE_MORE = COUNT

# Nobody reads a question in less: a press that comes sooner was meant for the one before.
READ_LEAST_MS = 500
# Somebody else may stand here by then.
ANSWER_MOST_MS = 120_000

NOTHING = -1


class Questions:
    def __init__(self, count: int = COUNT) -> None:
        self.count = count
        self.index = 0
        # The question that was answered by no.
        self.refused = NOTHING
        self.shown_ms = 0

    def is_answered(self) -> bool:
        return self.refused == NOTHING and self.index == self.count

    def step(self, is_yes: bool, is_no: bool, dt_ms: int) -> None:
        """`is_yes` and `is_no`: pressed anew. Both at once are no answer to trust: that is a no."""
        self.shown_ms = min(self.shown_ms + dt_ms, ANSWER_MOST_MS)
        if self.refused != NOTHING:
            return
        if self.shown_ms >= ANSWER_MOST_MS:
            self.begin()
        elif self.index == self.count:
            return
        elif is_no:
            self.refused = self.index
        elif is_yes and self.shown_ms >= READ_LEAST_MS:
            self.index += 1
            self.shown_ms = 0

    def begin(self) -> None:
        """From the first question."""
        self.index = 0
        self.refused = NOTHING
        self.shown_ms = 0
