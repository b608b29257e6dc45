"""The verdict on each outcome of a diary: at a day that was fixed beforehand, once, or not yet."""

from dataclasses import dataclass
from datetime import date, timedelta

from host_tools.journal.fields import Row
from host_tools.journal.judge.chance import Difference, compare
from host_tools.journal.judge.phases import RULES, Phases, phases_of

NO_ENTRIES, NO_START, TOO_EARLY, TOO_FEW = "no entries", "no session yet", "too early", "too few days"
ALL_THE_SAME, TOO_ALIKE = "all the same", "days too alike"
NO_DIFFERENCE, DIFFERENCE = "no difference", "a difference"

# A diary without any effect may be called one with an effect so often, all its outcomes together.
FALSE_ALARMS_MOST = 0.05
# What is asked of the test, so that this holds where days are most alike, too (`host_tools.verify.diaries`).
NOMINAL = 0.04
# Of fewer independent entries than these on a side, no spread can be told.
INDEPENDENT_LEAST = 3

LABELS = {
    "cramps": ("cramps a night", "Fewer cramps", "More cramps"),
    "intensity": ("the intensity of cramps", "Weaker cramps", "Stronger cramps"),
    "soreness": ("soreness before training", "Less sore legs", "Sorer legs"),
    "freshness": ("freshness before training", "Less fresh legs", "Fresher legs"),
    "hrv_ms": ("HRV before training", "A lower HRV", "A higher HRV"),
}


@dataclass(frozen=True)
class Verdict:
    outcome: str
    kind: str
    sentence: str
    phases: Phases | None = None
    difference: Difference | None = None

    @property
    def is_judged(self) -> bool:
        return self.kind in (NO_DIFFERENCE, DIFFERENCE)


def judge(rows: dict[str, list[Row]], start: date | None, today: date) -> list[Verdict]:
    """A verdict for each outcome; `rows` by the name of their table."""
    outcomes = [(rule, outcome) for rule in RULES for outcome in rule.outcomes]
    kept = [outcome for rule, outcome in outcomes if _has_entries(rows[rule.kind.table], outcome)]
    # Who looks at more outcomes must ask more of each.
    level = 1 - NOMINAL / max(len(kept), 1)
    verdicts = []
    for rule, outcome in outcomes:
        if outcome not in kept:
            verdicts.append(Verdict(outcome, NO_ENTRIES, f"Nothing is written down of {LABELS[outcome][0]}."))
        elif start is None:
            words = "No session is written down yet: there is nothing to compare with."
            verdicts.append(Verdict(outcome, NO_START, words))
        else:
            phases = phases_of(rule, rows[rule.kind.table], start)
            verdicts.append(_judge_one(outcome, phases, today, level))
    return verdicts


def _has_entries(rows: list[Row], outcome: str) -> bool:
    return any(row[outcome] is not None for row in rows)


def _judge_one(outcome: str, phases: Phases, today: date, level: float) -> Verdict:
    label = LABELS[outcome][0]
    # Of the last night of the window one writes on the day after it.
    if today < phases.is_over:
        words = f"Too early to conclude anything: {label} will be judged on {phases.is_over}."
        return Verdict(outcome, TOO_EARLY, words, phases)
    if any(phases.missing(outcome)):
        return Verdict(outcome, TOO_FEW, _too_few(phases, outcome), phases)
    found = compare(*phases.series(outcome), phases.rule.neighbour_days, level)
    if found is None:
        words = f"Every entry of {label} is the same within each phase: nothing says what chance would do."
        return Verdict(outcome, ALL_THE_SAME, words, phases)
    if min(found.worth) < INDEPENDENT_LEAST:
        return Verdict(outcome, TOO_ALIKE, _too_alike(phases, outcome, found), phases)
    if found.is_beyond_chance:
        return Verdict(outcome, DIFFERENCE, _a_difference(outcome, found), phases, found)
    return Verdict(outcome, NO_DIFFERENCE, _no_difference(label, found), phases, found)


def _too_few(phases: Phases, outcome: str) -> str:
    rule = phases.rule
    before, after = (len(one) for one in phases.series(outcome))
    last = phases.start - timedelta(days=1)
    return (
        f"Too few {rule.entries} to conclude anything: {before} in the {rule.before_days} days until {last},"
        f" {after} in the {rule.after_days} days after; at least {rule.entries_least} of each are needed."
    )


def _too_alike(phases: Phases, outcome: str, found: Difference) -> str:
    before, after = (len(one) for one in phases.series(outcome))
    worth = " and ".join(f"{max(count, 1):.0f}" for count in found.worth)
    return (
        f"No conclusion on {LABELS[outcome][0]}: days in a row are so alike that {before} entries before and"
        f" {after} after say no more than {worth} independent ones."
    )


def _a_difference(outcome: str, found: Difference) -> str:
    _, less, more = LABELS[outcome]
    return (
        f"{more if found.difference > 0 else less} after the first session than before it, by"
        f" more than chance makes in a diary like this: {span_words(found)}. The diary can't say why."
    )


def _no_difference(label: str, found: Difference) -> str:
    return (
        f"No difference in {label} beyond what chance makes: {span_words(found)}. That isn't proof that there"
        " is none: one as large as the ends of that range would look the same."
    )


def span_words(found: Difference) -> str:
    return f"{signed(found.difference)}, somewhere from {signed(found.low)} to {signed(found.high)}"


def signed(value: float) -> str:
    """With a minus that is as wide as the plus."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")
