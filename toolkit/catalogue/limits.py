"""The limits of a service as numbers, by id and unit: who counts with a figure of a service description reads it here."""

from __future__ import annotations

from fractions import Fraction

from toolkit.errors import UsageError
from toolkit.model.service import Limit, Service

SECONDS = {"minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
"""Units of time that are always equally long."""


def has_limit(service: Service, name: str) -> bool:
    return any(limit.id == name for limit in service.limits)


def limit(service: Service, name: str) -> Limit:
    """The limit with that id; UsageError for a service that leaves it out."""
    for found in service.limits:
        if found.id == name:
            return found
    raise UsageError(f"{service.id} has no limit {name!r}", fix="add it to the limits of its service.yaml")


def amount(service: Service, name: str, unit: str = "") -> Fraction:
    """The figure of a limit, exact; UsageError where it is missing, or in another unit."""
    found = limit(service, name)
    if found.unit != unit:
        raise UsageError(
            f"{service.id}: the limit {name} is in {found.unit or 'no unit'}", fix=f"write it in {unit or 'no unit'}"
        )
    return Fraction(found.value)


def whole(service: Service, name: str, unit: str = "") -> int:
    """The same, which has to be a whole number."""
    found = amount(service, name, unit)
    if found.denominator != 1:
        raise UsageError(
            f"{service.id}: the limit {name} is not whole: {found}", fix=f"write it in whole {unit}".rstrip()
        )
    return found.numerator


def seconds(service: Service, name: str) -> int:
    """The length that a limit says, in any unit of ``SECONDS``; UsageError where it is missing or in another unit."""
    found = limit(service, name)
    if found.unit not in SECONDS:
        raise UsageError(
            f"{service.id}: the limit {name} is in {found.unit or 'no unit'}", fix=f"write {', '.join(SECONDS)}"
        )
    return int(Fraction(found.value) * SECONDS[found.unit])
