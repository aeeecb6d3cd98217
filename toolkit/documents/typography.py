"""How each language writes dates, figures and punctuation."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

from toolkit.clocks import duration_words
from toolkit.documents.missing import NONE
from toolkit.figures import half_up
from toolkit.model.service import Target

NARROW = "\u202f"
"""The narrow no-break space that French puts before high punctuation and inside its quotation marks."""

MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
}


def written_date(day: dt.date, language: str) -> str:
    """``1 March 2027``; ``1er mars 2027``."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {MONTHS[language][day.month - 1]} {day.year}"


def written_time(time: dt.datetime, language: str) -> str:
    """``1 March 2027, 09:30``; ``1er mars 2027 à 09:30``, as the clock of its own zone shows it."""
    between = " à " if language == "fr" else ", "
    return f"{written_date(time.date(), language)}{between}{time:%H:%M}"


def figure(exact: str, language: str) -> str:
    """An exact number as text (``98.5``) as the language writes it (``98,5``)."""
    return exact.replace(".", ",") if language == "fr" else exact


def percent(exact: str, language: str) -> str:
    """``98.5 %`` with a no-break space in both languages (ISO 80000-1 §7.2), narrow in French."""
    return f"{figure(exact, language)}{NARROW if language == 'fr' else chr(0xA0)}%"


def spaced(text: str, language: str) -> str:
    """Text of ours as it is printed: French gets its narrow spaces and its apostrophe.

    Only written spaces are made narrow, so that ``09:00`` and ``https://`` stay as they are.
    """
    if language != "fr":
        return text
    text = re.sub(r"[ \u00a0]([;:!?%»])", NARROW + r"\1", text)
    text = re.sub(r"«[ \u00a0]", "«" + NARROW, text)
    return text.replace("'", "\u2019")


_UNITS = {
    "en": {"hours": ("h", "h"), "minutes": ("min", "min"), "business_days": ("business day", "business days")},
    "fr": {"hours": ("h", "h"), "minutes": ("min", "min"), "business_days": ("jour ouvré", "jours ouvrés")},
}


def duration(target: Target, language: str) -> str:
    """The time of a target: ``4 h``, ``1 business day``, ``< 15 min``."""
    for unit, words in _UNITS[language].items():
        amount = getattr(target, unit)
        if amount is not None:
            return f"{'< ' if target.below else ''}{amount}\u00a0{words[amount != 1]}"
    return NONE


_LIMIT_UNITS = {
    "days": "jours",
    "hours": "heures",
    "minutes": "minutes",
    "months": "mois",
    "years": "ans",
    "weeks": "semaines",
    "times": "fois",
    "tokens": "jetons",
}

_ONE_FR = {"days": "jour", "hours": "heure", "minutes": "minute", "years": "an", "weeks": "semaine", "tokens": "jeton"}
_ONE_EN = {
    "days": "day",
    "hours": "hour",
    "minutes": "minute",
    "months": "month",
    "years": "year",
    "weeks": "week",
    "tokens": "token",
}


def amount(value: str, unit: str, language: str) -> str:
    """A limit's figure with its unit: ``90 days``, ``10 Mbit/s``; a unit without French words stays as it is."""
    if unit in {"percent", "%"}:
        return percent(value, language)
    words = _LIMIT_UNITS.get(unit, unit) if language == "fr" else unit
    if value == "1":
        words = {"fr": _ONE_FR, "en": _ONE_EN}[language].get(unit, words)
    return f"{figure(value, language)}\u00a0{words}" if words else figure(value, language)


def written_month(year: int, month: int, language: str) -> str:
    """``March 2027``; ``mars 2027``."""
    return f"{MONTHS[language][month - 1]} {year}"


def written_instant(instant: dt.datetime, language: str) -> str:
    """``28 March 2027, 01:00 (UTC+1)``: the offset makes it one instant across a change of the clocks."""
    offset = instant.utcoffset() or dt.timedelta()
    hours, rest = divmod(int(abs(offset).total_seconds()), 3600)
    sign = "-" if offset < dt.timedelta() else "+"
    shown = f"UTC{sign}{hours}" + (f":{rest // 60:02d}" if rest else "")
    return f"{written_date(instant.date(), language)}, {instant:%H:%M} ({shown})"


def rounded(exact: Fraction, places: int, language: str, *, fixed: bool = False) -> str:
    """A figure rounded half up to ``places`` decimals; ``fixed``: with all of them, else without zeros at the end."""
    scaled = half_up(exact, places)
    whole, rest = divmod(abs(scaled), 10**places)
    decimals = f"{rest:0{places}d}" if places else ""
    if not fixed:
        decimals = decimals.rstrip("0")
    sign = "\u2212" if scaled < 0 else ""
    return figure(f"{sign}{whole}" + (f".{decimals}" if decimals else ""), language)


_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def money(exact: Fraction, language: str) -> str:
    """``1,234.57 €``; ``1 234,57 €``: rounded half up to the cent, thousands apart."""
    whole, _, cents = rounded(exact, 2, "en", fixed=True).partition(".")
    apart = NARROW if language == "fr" else ","
    grouped = _THOUSANDS.sub(apart, whole)
    return f"{grouped}{',' if language == 'fr' else '.'}{cents}\u00a0€"


def length(seconds: int) -> str:
    """``2 h 30 min`` with no-break spaces; the units are written alike in both languages."""
    return duration_words(seconds).replace(" ", "\u00a0")
