"""Windows: at any time, or from a local time to another one on business days (SD-1 §1.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from toolkit.clocks.business_days import WEEKDAYS, BusinessCalendar
from toolkit.clocks.instants import ZONE
from toolkit.errors import UsageError
from toolkit.model.service import OpeningHours

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_KEYS = frozenset({"id", "always", "days", "from", "to", "country", "subdivision", "zone", "title", "source"})


def _seconds(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 3600 + int(minutes) * 60


class Window(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """When time counts: ``always``, or from ``opens`` to ``closes`` ("HH:MM", local) on the calendar's business days.

    ``closes`` may be "24:00". Opening belongs to the window, closing does not. Where clocks are changed a window opens
    and closes at the first instant at which the local clock reads that time or later. Raises UsageError for times that
    are none, and for a window that would close on another day than it opens.
    """

    id: str
    always: bool = False
    opens: str = "09:00"
    closes: str = "18:00"
    calendar: BusinessCalendar = BusinessCalendar()

    def __post_init__(self) -> None:
        for text in (self.opens, self.closes):
            if not isinstance(text, str) or _CLOCK.fullmatch(text) is None:
                raise UsageError(
                    f"window {self.id}: {text!r} is no time of day", fix='write it as "09:00", in quotes, up to "24:00"'
                )
        if self.business_day_seconds <= 0:
            raise UsageError(
                f"window {self.id}: it opens at {self.opens} and closes at {self.closes}",
                fix="a window closes later on the day on which it opens; a night is two windows",
            )

    @property
    def opens_at(self) -> int:
        """Seconds of the local day."""
        return _seconds(self.opens)

    @property
    def closes_at(self) -> int:
        """Seconds of the local day."""
        return _seconds(self.closes)

    @property
    def business_day_seconds(self) -> int:
        """What one business day counts: 9 h from 09:00 to 18:00 (SD-1 §1.16). A window that is ``always`` open has none."""
        return self.closes_at - self.opens_at

    @property
    def words(self) -> str:
        """For people: "09:00-18:00, mon-fri, Europe/Paris, without public holidays of FR"."""
        calendar = self.calendar
        if self.always:
            return f"at any time, {calendar.zone}"
        usual = calendar.weekdays == WEEKDAYS[:5]
        part = f" ({calendar.subdivision})" if calendar.subdivision else ""
        holidays = f"without public holidays of {calendar.country}{part}" if calendar.country else "public holidays too"
        days = "Monday to Friday" if usual else " ".join(calendar.weekdays)
        return f"{self.opens}-{self.closes}, {days}, {calendar.zone}, {holidays}"


ALWAYS = Window(id="24x7", always=True)
BUSINESS_HOURS = Window(id="business-hours")


def window_from(data: Mapping[str, Any]) -> Window:
    """A window from plain values; what is absent is as in SD-1 §1.8.

    Keys: ``id``, ``days`` ("always", "business" or weekdays) or ``always``, ``from``, ``to``, ``country`` ("none": no
    public holidays), ``subdivision``, ``zone``; ``title`` and ``source`` are allowed and not kept. Raises UsageError for an unknown key and for what YAML 1.1 makes of a time or of Norway without quotes.
    """
    unknown = sorted(map(str, data.keys() - _KEYS))
    if unknown or "id" not in data:
        raise UsageError(
            f"a window has no {unknown[0]!r}" if unknown else "the window has no id",
            fix=f"a window has {', '.join(sorted(_KEYS))}",
        )
    name, days, country = str(data["id"]), data.get("days", "business"), data.get("country", "FR")
    if country is False:
        raise UsageError(f"window {name}: the country is not a text", fix='write Norway in quotes: "NO"')
    calendar: dict[str, Any] = {
        "country": None if country in {None, "none", ""} else str(country),
        "subdivision": data.get("subdivision"),
        "zone": data.get("zone", ZONE),
    }
    if not isinstance(days, str):
        calendar["weekdays"] = tuple(days)
    elif days not in {"always", "business"}:
        raise UsageError(f"window {name}: {days!r} are no days", fix="write always, business or a list of weekdays")
    return Window(
        id=name,
        always=bool(data.get("always", False)) or days == "always",
        opens=data.get("from", "09:00"),
        closes=data.get("to", "18:00"),
        calendar=BusinessCalendar(**calendar),
    )


def window_of(hours: OpeningHours) -> Window:
    """The window that the catalogue's opening hours describe; without a country there are no public holidays."""
    data = {"id": hours.id, "always": hours.always, "country": hours.country, "zone": hours.zone}
    optional = {"days": hours.days or None, "from": hours.from_, "to": hours.to}
    return window_from(data | {key: value for key, value in optional.items() if value is not None})
