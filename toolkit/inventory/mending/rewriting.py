"""The same value in the form that was asked for: dates, addresses, networks; None where there is more than one reading."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SPACE = re.compile(r"\s+")


def iso_date(written: str) -> str | None:
    """``31/12/2028``, ``2028-1-5`` and ``20280105`` as YYYY-MM-DD; None for 05/01/2028, whose day may be either."""
    found = _YEAR_FIRST.fullmatch(written)
    if found:
        return _date(found[1], found[3], found[4])
    if found := _COMPACT.fullmatch(written):
        return _date(found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(written):
        readings = {_date(found[4], found[3], found[1]), _date(found[4], found[1], found[3])} - {None}
        return readings.pop() if len(readings) == 1 else None
    return None


def _date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def address(written: str) -> str | None:
    """``10.60.0.11/32`` and stray spaces; None where an octet has a leading zero, which some read as octal."""
    plain = _SPACE.sub("", written).removesuffix("/32")
    try:
        return str(IPv4Address(plain))
    except AddressValueError:
        return None


def network(written: str) -> str | None:
    """The network that holds ``10.20.0.5/16``, also written with a mask or stray spaces; None for anything else."""
    plain = _SPACE.sub("", written)
    if "/" not in plain:
        return None
    try:
        return str(IPv4Network(plain, strict=False))
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
