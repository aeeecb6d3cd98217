"""The customer's agreement to a change that the provider starts (SD-1 §1.11)."""

from __future__ import annotations

import datetime as dt

import msgspec

SECTION = "SD-1 §1.11"


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """An explicit agreement: who gave it, when, and where it can be read."""

    name: str
    date: dt.date
    reference: str


class ProviderChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that the provider starts, made on ``date``; ``told_on``: when the customer was told of one for a P1."""

    id: str
    date: dt.date
    resolves_p1: bool = False
    consent: Consent | None = None
    told_on: dt.date | None = None


def consent_faults(change: ProviderChange) -> tuple[str, ...]:
    """What a provider-initiated change lacks; empty when it may stand.

    "As soon as possible" has no number in the source: a day is asked for, and its distance is told, not judged.
    """
    if change.consent is None and change.resolves_p1:
        if change.told_on is None:
            return (
                f"resolved a P1 without agreement: the customer has to be told as soon as possible after ({SECTION})",
            )
        if change.told_on < change.date:
            return (f"told on {change.told_on}, before it was made on {change.date}",)
        return ()
    if change.consent is None:
        return (f"the provider started it: the customer's explicit agreement is needed ({SECTION})",)
    given = change.consent
    found = [f"the agreement has no {what}" for what in ("name", "reference") if not getattr(given, what).strip()]
    if given.date > change.date:
        found.append(f"agreed on {given.date}, after it was made on {change.date}")
    return tuple(found)
