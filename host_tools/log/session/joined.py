"""The parts of one session as one trace, with a short piece of rest where it was left."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from host_tools.log.session.parts import WholeSession
from host_tools.log.trace import trace_of
from host_tools.sim.trace import Note, Trace

# What is drawn of a rest of minutes, or of one that nobody knows.
DRAWN_MOST_S = 30.0


def joined_trace(whole: WholeSession) -> Trace:
    """How long the rest really was stands in a note where the next part begins."""
    joined = trace_of(whole.first)
    for part, gap_s, words in zip(whole.parts[1:], whole.gaps_s, whole.gap_words, strict=True):
        rest_s = DRAWN_MOST_S if gap_s is None else min(gap_s, DRAWN_MOST_S)
        joined = _one_after_the_other(joined, trace_of(part), rest_s, words)
    return joined


def _one_after_the_other(first: Trace, then: Trace, rest_s: float, words: str) -> Trace:
    later_s = float(first.time_s[-1]) + rest_s
    columns: dict[str, Any] = {
        column.name: np.concatenate([getattr(first, column.name), getattr(then, column.name)])
        for column in fields(Trace)
        if column.name not in ("chamber_names", "notes", "time_s", "cycle")
    }
    shifted = [replace(note, at_s=note.at_s + later_s) for note in then.notes]
    return replace(
        first,
        time_s=np.concatenate([first.time_s, then.time_s + later_s]),
        # Cycles go on, or the figures would take those of a number for one.
        cycle=np.concatenate([first.cycle, then.cycle + int(first.cycle.max()) + 1]),
        notes=[*first.notes, Note(later_s, "event", f"gone on with {words}"), *shifted],
        **columns,
    )
