"""What a cell may say: readers of one text each, which raise ``Wrong`` with the reason and the fix."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Collection
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from toolkit.clocks import at, epoch, instant
from toolkit.clocks.instants import FIRST_YEAR, LAST_YEAR
from toolkit.errors import UsageError
from toolkit.levels.records.kinds import PRIORITIES, PriorityChange

_YES, _NO = frozenset({"yes", "true", "1", "oui"}), frozenset({"no", "false", "0", "non"})
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_MONEY = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_SHARE = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})|(\d{1,3}(?:\.\d{1,9})?)\s*%|([01](?:\.\d{1,9})?)", re.ASCII)
_NAMED_ZONE = re.compile(r"(.*)\[([A-Za-z0-9_+/-]+)\]", re.DOTALL)
_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d(Z|[+-]\d\d:\d\d)", re.ASCII)
_NO_OFFSET = dt.timedelta()
LONGEST = 2000
_WITHIN_AN_HOUR = {f":{second // 60:02}:{second % 60:02}": second for second in range(3600)}


class Wrong(Exception):
    """A cell that says nothing that can be used: ``args`` are the reason and the fix."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The ids that the inventory has; ``functions``: what may be charged for; ``severities``: of cases."""

    components: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset(("1", "2", "3", "4"))
    urgencies: frozenset[str] = frozenset()


Tell = Callable[[str, dict[str, str]], None]
"""Takes a note on the line that is being read: a text's key, and what it names."""
Read = Callable[[str, Tell], Any]


def text(cell: str, _tell: Tell) -> str:
    if len(cell) > LONGEST:
        raise Wrong(f"{len(cell)} characters", f"write at most {LONGEST}")
    return cell


def moment(cell: str, tell: Tell) -> int:
    """Epoch seconds of an instant: ISO 8601 with its offset, or a local time with its zone in brackets (RFC 9557)."""
    within = _WITHIN_AN_HOUR.get(cell[13:19])
    if within is not None:
        start = _hour(cell[:13], cell[19:])
        if start is not None:
            return start + within
    seconds, there = _moment(cell)
    if there:
        tell("unusual-offset", {"cell": cell, "there": there})
    return seconds


@lru_cache(maxsize=4096)
def _hour(hour: str, offset: str) -> int | None:
    """The first second of an hour of which nothing need be told: its offset is UTC's or the one in force in Paris."""
    if _HOUR.fullmatch(hour + offset) is None:
        return None
    try:
        told = dt.datetime.fromisoformat(f"{hour}:00:00{offset}")
    except ValueError:
        return None
    if not FIRST_YEAR < told.year < LAST_YEAR:
        return None
    start = epoch(told)
    return start if told.utcoffset() in (_NO_OFFSET, _paris(start // 900)) else None


@lru_cache(maxsize=4096)
def _moment(cell: str) -> tuple[int, str]:
    """Epoch seconds; and the local time, where the offset is not the one in force in Paris then."""
    named = _NAMED_ZONE.fullmatch(cell)
    try:
        told = instant(named[1].strip(), zone=named[2]) if named else instant(cell)
        if not FIRST_YEAR < told.year < LAST_YEAR:
            raise Wrong(
                f"the year of {cell!r} is none of a contract's", f"it lies between {FIRST_YEAR} and {LAST_YEAR}"
            )
        seconds = epoch(told)
        offset = told.utcoffset()
        if named:
            there = at(seconds, named[2])
            if offset and there.utcoffset() != offset:
                raise Wrong(f"{cell!r}: {named[2]} was at {there.isoformat()} then", f"write {there.isoformat()}")
            return seconds, ""
        if not offset or offset == _paris(seconds // 900):
            return seconds, ""
        return seconds, at(seconds).isoformat()
    except UsageError as error:
        raise Wrong(error.message, error.fix) from error


@lru_cache(maxsize=4096)
def _paris(quarter: int) -> dt.timedelta | None:
    return at(quarter * 900).utcoffset()


def flag(cell: str, _tell: Tell) -> bool:
    low = cell.lower()
    if low in _YES:
        return True
    if low in _NO:
        return False
    raise Wrong(f"{cell!r} is neither yes nor no", "write yes or no")


def money(cell: str, _tell: Tell) -> Fraction:
    """Euros, exact; a negative amount is refused."""
    if _MONEY.fullmatch(cell) is None:
        raise Wrong(f"{cell!r} is no amount", "write euros with a point: 1250.50")
    amount = Fraction(cell)
    if amount < 0:
        raise Wrong(f"{cell} is negative", "write an amount of 0 or more; a credit note is not a charge")
    return amount


def share(cell: str, _tell: Tell) -> Fraction:
    """A share of all: ``3/4``, ``75%`` or ``0.75``, exact."""
    shape = _SHARE.fullmatch(cell)
    if shape is None or shape[2] == "0":
        raise Wrong(f"{cell!r} is no share", "write 3/4, 75% or 0.75")
    if shape[1]:
        found = Fraction(int(shape[1]), int(shape[2]))
    else:
        found = Fraction(shape[3]) / 100 if shape[3] else Fraction(shape[4])
    if found > 1:
        raise Wrong(f"{cell} is more than all", "write a share between 0 and 1")
    return found


def month(cell: str, _tell: Tell) -> str:
    if _MONTH.fullmatch(cell) is None:
        raise Wrong(f"{cell!r} is no month", "write it as 2027-03")
    return cell


def one_of(choices: Collection[str]) -> Read:
    """A reader of one of these words."""

    def read(cell: str, _tell: Tell) -> str:
        if cell in choices:
            return cell
        if not choices:
            raise Wrong(f"{cell!r}: the inventory's service has no such words", "leave it empty")
        raise Wrong(f"{cell!r} is not one of {', '.join(sorted(choices))}", nearest(cell, choices))

    return read


def id_of(noun: str, known: Collection[str]) -> Read:
    """A reader of the id of a ``noun`` that the inventory has."""

    def read(cell: str, _tell: Tell) -> str:
        if cell in known:
            return cell
        raise Wrong(f"the inventory has no {noun} {cell!r}", nearest(cell, known))

    return read


def ids_of(noun: str, known: Collection[str]) -> Read:
    """A reader of several ids, joined by ``;``."""

    @lru_cache(maxsize=4096)
    def several(cell: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))
        for one in found:
            if one not in known:
                raise Wrong(f"the inventory has no {noun} {one!r}", nearest(one, known))
        return found

    return lambda cell, _tell: several(cell)


def priority_changes(cell: str, tell: Tell) -> tuple[PriorityChange, ...]:
    """``P2 2027-03-05T10:00+01:00; P1 …``, sorted by time."""
    found = []
    for part in cell.split(";"):
        name, _, when = part.strip().partition(" ")
        if name not in PRIORITIES:
            raise Wrong(f"{part.strip()!r} is no change of priority", "write P2 2027-03-05T10:00+01:00, joined by ;")
        found.append(PriorityChange(priority=name, at=moment(when.strip(), tell)))
    return tuple(sorted(found, key=lambda one: one.at))


def nearest(word: str, known: Collection[str]) -> str:
    """Advice that names the nearest known word, or some of them."""
    near = difflib.get_close_matches(word[:100], sorted(known)[:2000], n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    some = sorted(known)
    return "use one of: " + ", ".join(some[:20]) + (", …" if len(some) > 20 else "") if some else "leave it out"
