"""How often a diary without an effect is called one with an effect, and how often an effect is seen."""

from collections.abc import Sequence

import numpy as np

from host_tools.journal.judge.phases import RULES
from host_tools.journal.judge.verdict import DIFFERENCE, NO_ENTRIES, TOO_FEW, judge
from host_tools.verify.diaries.draw import BOTH, START, TODAY, Scenario, draw_diary


def share_called(
    scenario: Scenario, diaries: int, tables: Sequence[str] = BOTH, seed: int = 1
) -> tuple[float, float]:
    """Of the diaries with enough entries: the share in which any outcome is called a difference.

    And how many of all diaries those are.
    """
    rng = np.random.default_rng(seed)
    outcomes = sum(len(rule.outcomes) for rule in RULES if rule.kind.table in tables)
    called = drawn = judged = 0
    while judged < diaries:
        drawn += 1
        verdicts = judge(draw_diary(scenario, rng, tables), START, TODAY)
        kinds = [one.kind for one in verdicts if one.kind not in (NO_ENTRIES, TOO_FEW)]
        if len(kinds) == outcomes:
            judged += 1
            called += DIFFERENCE in kinds
    return called / judged, judged / drawn
