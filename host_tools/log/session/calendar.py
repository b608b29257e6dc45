"""When a session was, by the laptop's calendar: where a laptop had told the board the time before it."""

from datetime import date, datetime, timedelta

from host_tools.log.log_file import Log

EPOCH = date(1970, 1, 1)


def started_at(log: Log) -> datetime | None:
    return _moment(log, log.begins_ms)


def ended_at(log: Log) -> datetime | None:
    return _moment(log, (log.end or {}).get("at_ms"))


def _moment(log: Log, at_ms: int | None) -> datetime | None:
    """`clock` in the header: day and second that a laptop has told, and the machine's own second then."""
    clock = log.header.get("clock")
    if at_ms is None or not isinstance(clock, list) or [type(number) for number in clock] != [int] * 3:
        return None
    day, second, at_s = clock
    try:
        midnight = datetime.combine(EPOCH + timedelta(days=day), datetime.min.time())
        return midnight + timedelta(seconds=second - at_s + at_ms / 1000)
    except OverflowError:
        return None
