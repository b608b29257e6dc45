"""C's pair for tight hamstrings: gentle after 24 h; longer after 48 h, only if the first went well."""

from datetime import datetime
from zoneinfo import ZoneInfo

from host_tools.plan.clock import later, named
from host_tools.plan.entry import AFTER, Plan, entry
from host_tools.plan.rules import NOTHING_SPECIAL, Wearer, by_the_rules, left

PAIR_H = (24, 48)
NOT_WELL = "the first didn't go well: no second (C)"


def hamstring_pair(
    run: datetime,
    now: datetime,
    zone: ZoneInfo,
    first_went_well: bool | None = None,
    wearer: Wearer = NOTHING_SPECIAL,
) -> Plan:
    """`first_went_well` is None as long as nobody knows."""
    first_at, second_at = (later(run, hours) for hours in PAIR_H)
    beside = "Seated hamstring stretch, the thigh comfortable, nothing pinching behind the knee."
    first = entry("hamstring-recovery", first_at, "24 h after the run, gentle", beside, "C")
    only_if = "" if first_went_well else "the first went well"
    second = entry("hamstring-doms", second_at, "48 h after the run", "A walk.", "C", only_if=only_if)
    pair = [first] if first_went_well is False else [first, second]
    entries, left_out = by_the_rules(pair, now, wearer)
    if second not in pair:
        left_out.append(left(second, NOT_WELL))
    title = f"A pair of sessions after the run on {named(run.date())}, {run:%H:%M}"
    strain = "A sudden pain there, or a bruise, may be a strain: no session (C)."
    notes = ["3-5 sessions a week are enough for hamstrings (C).", strain, AFTER]
    return Plan("hamstring-pair", title, zone, entries, left_out, notes, wearer.race_day)
