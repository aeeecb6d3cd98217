"""Which days are business days: weekdays of a country but its public holidays (SD-1 §1.8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from toolkit.clocks.instants import FIRST_YEAR, LAST_YEAR, ZONE, covered, zone_of
from toolkit.errors import UsageError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
METROPOLITAN_FRANCE = ("FR", None)
_ONE_DAY = dt.timedelta(days=1)


class BusinessCalendar(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """``weekdays`` in ``zone``, without the public holidays of ``country`` (ISO 3166 code; None: there are none).

    ``subdivision`` adds those of a part of the country: "57" for Moselle, "BY" for Bavaria. The default is metropolitan
    France (SD-1 §1.8). Raises UsageError for a zone, country, subdivision or weekday that is none.
    """

    weekdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    country: str | None = "FR"
    subdivision: str | None = None
    zone: str = ZONE

    def __post_init__(self) -> None:
        zone_of(self.zone)
        wrong = [day for day in self.weekdays if day not in WEEKDAYS]
        if wrong or not self.weekdays:
            raise UsageError(
                f"{wrong[0]!r} is no weekday" if wrong else "no weekday is a business day",
                fix=f"name some of {', '.join(WEEKDAYS)}",
            )
        if self.country is None and self.subdivision is not None:
            raise UsageError(f"the subdivision {self.subdivision!r} has no country", fix="name the country too")
        known_years(self.country, self.subdivision)

    def holiday(self, day: dt.date, *, language: str = "en") -> str | None:
        """The name of the public holiday on that day, in ``language`` where it is known; None on other days."""
        if self.country is None:
            return None
        named = public_holidays(day.year, country=self.country, subdivision=self.subdivision, language=language)
        return named.get(day)

    def is_weekday_off(self, day: dt.date) -> bool:
        """Whether that day of the week is never a business day."""
        return WEEKDAYS[day.weekday()] not in self.weekdays

    def is_business_day(self, day: dt.date) -> bool:
        return not self.is_weekday_off(day) and self.holiday(day) is None

    def why_closed(self, day: dt.date, *, language: str = "en") -> str | None:
        """Why that day is no business day: "Saturday", or "public holiday: Easter Monday"; None for a business day."""
        if self.is_weekday_off(day):
            return FULL_WEEKDAYS[day.weekday()]
        holiday = self.holiday(day, language=language)
        return None if holiday is None else f"public holiday: {holiday}"

    def next_business_day(self, day: dt.date) -> dt.date:
        """The first business day after that day."""
        return self.add_business_days(day, 1)

    def add_business_days(self, day: dt.date, count: int) -> dt.date:
        """The business day that comes ``count`` business days after ``day`` (before it, when negative).

        ``day`` itself never counts; 0 gives ``day`` back, whatever it is. UsageError beyond the years that are covered.
        """
        step = _ONE_DAY if count > 0 else -_ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_business_day(day):
                day += step
                covered(day.year)
            covered(day.year)
        return day


@lru_cache(maxsize=64)
def known_years(country: str | None, subdivision: str | None = None) -> tuple[int, int]:
    """The first and the last year for which the public holidays are known; None as the country has none to know.

    UsageError for a country or subdivision that the ``holidays`` library does not know.
    """
    if country is None or (country, subdivision) == METROPOLITAN_FRANCE:
        return FIRST_YEAR, LAST_YEAR  # without loading the library, which takes a third of a second
    import holidays

    parts = holidays.list_supported_countries(include_aliases=True).get(country)
    if parts is None:  # the library takes names of its classes too, but not every name is one of a country
        raise UsageError(
            f"the public holidays of {country!r} are not known", fix='write the code of ISO 3166, "FR"; or "none"'
        )
    if subdivision is not None and subdivision not in parts:
        raise UsageError(
            f"{country} has no subdivision {subdivision!r}", fix=f"one of: {', '.join(parts) or 'none is known'}"
        )
    kind = type(holidays.country_holidays(country, subdiv=subdivision))
    return max(FIRST_YEAR, kind.start_year), min(LAST_YEAR, kind.end_year)


@lru_cache(maxsize=1024)
def public_holidays(
    year: int, *, country: str | None, subdivision: str | None = None, language: str = "en"
) -> Mapping[dt.date, str]:
    """The public holidays of a year by date, named in ``language`` (en, fr) or else as the country does.

    Source: the ``holidays`` library. UsageError for a country, subdivision or year that it does not know.
    """
    covered(year)
    if country is None:
        return {}
    first, last = known_years(country, subdivision)
    if not first <= year <= last:
        raise UsageError(
            f"the public holidays of {country} are not known for {year}",
            fix=f"they are known for {first} to {last}; or name no country",
        )
    import holidays

    kind = type(holidays.country_holidays(country, subdiv=subdivision))
    known = {name.partition("_")[0]: name for name in kind.supported_languages}
    # never None where there is a choice: the library would ask the environment
    spoken = known.get(language, kind.default_language)
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, language=spoken))
