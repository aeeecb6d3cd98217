"""Instants: whole seconds since 1970 inside, datetimes with their offset outside, text that can mean one thing only.

Every datetime that this package returns has a fixed offset: two datetimes of one ``ZoneInfo`` are subtracted by their
clock faces in Python, which is an hour wrong across a clock change; these are subtracted exactly.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from toolkit.errors import UsageError

ZONE = "Europe/Paris"
"""The zone of every time without another one (SD-1 §1.8)."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that clocks and calendars cover."""

_SECOND = dt.timedelta(seconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_ZERO = dt.date(1970, 1, 1).toordinal()
_SHAPE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_OFFSET_FIX = "write the offset with it: 2027-03-26T17:30:00+01:00"


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; UsageError where there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:  # unknown, malformed, or a folder of zones
        raise UsageError(f"{name!r} is no time zone", fix="name one as IANA does: Europe/Paris, UTC") from error


def epoch(instant: dt.datetime) -> int:
    """Whole seconds since 1970-01-01T00:00Z; fractions are cut off. UsageError for a datetime without an offset."""
    try:
        return (instant - _EPOCH) // _SECOND
    except TypeError as error:
        raise UsageError(f"{instant.isoformat()} has no UTC offset", fix=_OFFSET_FIX) from error


def at(seconds: int, zone: str = ZONE) -> dt.datetime:
    """The instant of that epoch second, with the fixed offset that ``zone`` has then."""
    local = dt.datetime.fromtimestamp(seconds, zone_of(zone))
    return local.replace(tzinfo=dt.timezone(local.utcoffset() or dt.timedelta()), fold=0)


def first_reading(day: dt.date, seconds: int, zone: str = ZONE) -> int:
    """The first epoch second at which the local clock reads ``seconds`` of ``day``, or later (0…86,400).

    A time that clocks skip is the moment at which they skip it; of a time that comes twice it is the first.
    """
    place = zone_of(zone)
    ordinal, rest = divmod(seconds, 86_400)
    face = (day.toordinal() - _DAY_ZERO + ordinal) * 86_400 + rest
    local = dt.datetime.fromtimestamp(face, dt.UTC).replace(tzinfo=place)
    before, after = (_offset(local.replace(fold=fold)) for fold in (0, 1))
    if before >= after:
        return face - before
    # skipped: clocks jump between these two; look for the second
    low, high = face - after, face - before
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(dt.datetime.fromtimestamp(middle, place)) == before:
            low = middle
        else:
            high = middle
    return high


def instant(text: str, zone: str | None = None) -> dt.datetime:
    """An ISO 8601 date and time. ``zone`` is where text without an offset was written down; None: it must have one.

    Raises UsageError for anything else, for local times that clocks skip, and for those that come twice.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise UsageError(f"{text!r} is no date and time of ISO 8601", fix=_OFFSET_FIX)
    try:
        told = dt.datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise UsageError(f"{text!r} is no date and time: {error}", fix=_OFFSET_FIX) from error
    if shape["offset"]:
        return told
    if zone is None:
        raise UsageError(f"{text!r} has no UTC offset, so it may mean several instants", fix=_OFFSET_FIX)
    return _placed(told, text, zone)


def _placed(told: dt.datetime, text: str, zone: str) -> dt.datetime:
    local = told.replace(tzinfo=zone_of(zone))
    before, after = (_offset(local.replace(fold=fold)) for fold in (0, 1))
    if before == after:
        return _fixed(told, before)
    # under the offsets before and after the change, as the local clock reads then
    meant = sorted(at(epoch(_fixed(told, offset)), zone) for offset in (before, after))
    fix = "write " + " or ".join(one.isoformat() for one in meant)
    if before < after:
        raise UsageError(f"{text!r} does not exist in {zone}: clocks skip it that day", fix=fix)
    raise UsageError(f"{text!r} comes twice in {zone}: clocks are put back that day", fix=fix)


def month(year: int, number: int, zone: str = ZONE) -> tuple[dt.datetime, dt.datetime]:
    """Start and end of a calendar month in ``zone``; ``end - start`` is exact, 743 h in March 2027 in Paris."""
    if not 1 <= number <= 12:
        raise UsageError(f"there is no month {number}", fix="write 1 to 12")
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    for one in {year, following[0]}:
        covered(one)
    start, end = (first_reading(dt.date(*first, 1), 0, zone) for first in ((year, number), following))
    return at(start, zone), at(end, zone)


def covered(year: int) -> None:
    """UsageError for a year that clocks and calendars do not cover."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(
            f"the year {year} is not covered", fix=f"clocks and calendars cover {FIRST_YEAR} to {LAST_YEAR}"
        )


def _fixed(local: dt.datetime, offset: int) -> dt.datetime:
    return local.replace(tzinfo=dt.timezone(dt.timedelta(seconds=offset)))


def _offset(local: dt.datetime) -> int:
    return (local.utcoffset() or dt.timedelta()) // _SECOND
