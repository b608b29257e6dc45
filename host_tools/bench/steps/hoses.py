"""Which boot chamber is at the end of each hose: neighbours on a leg push against each other.

All chambers are sealed at the same pressure, then one after the other is raised: its neighbours feel it, the
others don't. That pattern is compared with every way in which two hoses may be crossed. The order of a leg
looks the same from both ends; of two crossings that look alike, the one is chosen that has the stiff chambers
where they belong.
"""

from itertools import combinations

import numpy as np

from host_tools.bench.measure.bench import Bench
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import Line
from host_tools.bench.steps.step import Choice, each, why_not
from soleus.core.basics.boots import Boots

LOW_MMHG, RISE_MMHG = 28.0, 30.0
# How much a chamber's stiffness counts beside which chambers feel each other.
STIFFNESS_WEIGHT = 0.15


class Hoses:
    name = "hoses"
    title = "Cross-talk, and crossed hoses"
    person = ""

    def lines(self, limits: Limits, choice: Choice) -> list[Line]:
        boots = limits.board.boots
        why = why_not(boots, needs_seal=True)
        if boots.chambers_per_leg < 3 and not why:
            why = "too few chambers on a leg to tell them apart"
        return each(
            "hose", "end of the hose of", "", None, None, "board.toml: [boots] chambers", limits, choice, why
        )

    def run(self, bench: Bench, choice: Choice) -> None:
        boots = bench.boots
        if why_not(boots, needs_seal=True) or boots.chambers_per_leg < 3:
            return
        felt, room = _raise_each(bench)
        for i in choice.chambers:
            bench.keep_values("felt", boots.names[i], np.arange(float(boots.count)), felt[i])
        order = most_likely_order(felt, room, boots)
        for i in choice.chambers:
            line = choice.line(f"hose.{boots.names[i]}")
            felt_by = ", ".join(boots.names[j] for j in np.argsort(-felt[i])[1:3] if felt[i][j] > 0.5)
            if order[i] == i:
                line.judge(True, "its own chamber", f"felt by {felt_by}")
            else:
                line.judge(False, f"leads to {boots.names[order[i]]}", f"crossed hoses: felt by {felt_by}")
        bench.vent()


def _raise_each(bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """How much each chamber (column) felt of each raised one (row), and the pump time for each mmHg."""
    count = bench.boots.count
    felt, room = np.zeros((count, count)), np.zeros(count)
    bench.vent()
    bench.fill_to(range(count), LOW_MMHG)
    bench.wait(1.0)
    for i in range(count):
        before = bench.settled(0.4)
        idle_s = bench.target.now_s
        piece = bench.fill([i], before[i] + RISE_MMHG)
        after = bench.settled(0.4)
        rise = after - before
        # Take off what all chambers lose meanwhile by creep and leaks.
        others = np.delete(np.arange(count), i)
        rise[others] -= np.median(rise[others])
        felt[i] = rise
        room[i] = (piece.pump > 0).sum() / max(rise[i], 5.0)
        assert bench.target.now_s > idle_s
    return felt, room


def most_likely_order(felt: np.ndarray, room: np.ndarray, boots: Boots) -> list[int]:
    """The chamber at the end of each hose."""
    mutual = np.clip((felt + felt.T) / 2.0, 0.0, None)
    np.fill_diagonal(mutual, 0.0)
    mutual = mutual / max(float(np.percentile(mutual, 95)), 0.3)
    orders = [list(range(boots.count))]
    pairs = list(combinations(range(boots.count), 2))
    orders += [_swapped(orders[0], pair) for pair in pairs]
    scores = [_score(order, mutual, room, boots) for order in orders]
    best = int(np.argmax(scores))
    # Only a clearly better score is called a crossing.
    return orders[best] if scores[best] > scores[0] + 0.3 else orders[0]


def _swapped(order: list[int], pair: tuple[int, int]) -> list[int]:
    swapped = list(order)
    swapped[pair[0]], swapped[pair[1]] = swapped[pair[1]], swapped[pair[0]]
    return swapped


def _score(order: list[int], mutual: np.ndarray, room: np.ndarray, boots: Boots) -> float:
    per_leg = boots.chambers_per_leg
    score = 0.0
    for i, j in combinations(range(boots.count), 2):
        a, b = order[i], order[j]
        are_neighbours = a // per_leg == b // per_leg and abs(a - b) == 1
        seen = min(float(mutual[i, j]), 1.0)
        score += seen if are_neighbours else -seen
    zones = np.array([boots.zone_of[chamber] for chamber in order], float)
    if np.ptp(zones) > 0:
        score += STIFFNESS_WEIGHT * boots.count * float(np.corrcoef(zones, room)[0, 1])
    return score
