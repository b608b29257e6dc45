"""A plan as iCalendar (RFC 5545): an event and a reminder for each session, on the clock of its zone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from host_tools.basics.atomic_file import write_whole
from host_tools.plan.entry import AFTER, Entry, Plan

BEFORE = (
    "Before, four questions: no unusual pain, swelling or warmth in one leg; skin whole; normal feeling in"
    " the legs; none of the conditions in docs/misuse.md. Any no: no session (D, A)."
)


def write_calendar(plan: Plan, file: Path, remind_min: int, now: datetime) -> None:
    write_whole(file, calendar_bytes(plan, remind_min, now))


def calendar_bytes(plan: Plan, remind_min: int, now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Soleus//soleus plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.title)
    for number, one in enumerate(plan.entries):
        calendar.add_component(_event(plan, one, number, remind_min, now))
    if plan.entries:
        # The clock's changes of these years are enough, instead of those since 1970.
        years = (plan.entries[0].day.year - 1, plan.entries[-1].day.year + 2)
        calendar.add_missing_timezones(date(years[0], 1, 1), date(years[1], 1, 1))
    return calendar.to_ical()


def _event(plan: Plan, one: Entry, number: int, remind_min: int, now: datetime) -> Event:
    event = Event()
    # The same plan, made again, replaces its events instead of doubling them.
    about = plan.race_day or plan.entries[0].day
    event.add("uid", f"{plan.name}-{about}-{one.program}-{number}@soleus")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", _for_calendar(one.begins))
    event.add("duration", timedelta(minutes=one.minutes[1]))
    event.add("summary", summary(one))
    event.add("description", _description(one))
    event.add("status", "TENTATIVE" if one.only_if else "CONFIRMED")
    event.add_component(_alarm(one, remind_min))
    return event


def summary(one: Entry) -> str:
    words = f"Boots: {one.title}, {one.minutes_words} min, {one.mmhg_words} mmHg"
    return f"{words}; only if {one.only_if}" if one.only_if else words


def _description(one: Entry) -> str:
    only_if = [f"Only if {one.only_if}."] if one.only_if else []
    program = f"Program {one.program}: {one.when} ({one.source})."
    return "\n".join([program, *only_if, f"With it: {one.with_it}", BEFORE, AFTER])


def _alarm(one: Entry, remind_min: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{summary(one)}. {one.with_it}")
    alarm.add("trigger", timedelta(minutes=-remind_min))
    return alarm


def _for_calendar(begins: datetime) -> datetime:
    """An hour that autumn has twice means its first in a calendar: the second is written in UTC."""
    return begins.astimezone(UTC) if begins.fold else begins
