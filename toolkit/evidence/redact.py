"""Persons become salted references, and a secret stops the writing: both before anything is digested."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Iterable
from typing import Any

from toolkit.canonical import plain
from toolkit.errors import EvidenceInvalid
from toolkit.model.inventory import Inventory

PERSONAL_FIELDS = frozenset(
    {"email", "phone", "owner", "service_delivery_manager", "contract_manager", "passed_by", "approved_by"}
)
"""Fields that name a person wherever they stand; contacts' names are known from the inventory."""

_SHORTEST_SECRET = 6
"""A secret shorter than this would be found everywhere; the toolkit makes none (generated ones have 40 and more)."""
_LARGEST_EXACT = 2**53


class Redactor:
    """Cleans plain JSON of the persons of one inventory.

    ``salt`` is kept by the provider, outside the bundle: with it a reference can be matched to a person, and once it
    is destroyed nobody can. ``secrets`` are values that must not be in the evidence.
    """

    def __init__(self, inventory: Inventory, *, salt: bytes, secrets: Iterable[str] = ()) -> None:
        self._salt = salt
        self._secrets = tuple({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET})
        persons = sorted(set(_persons(inventory)), key=len, reverse=True)
        words = "|".join(re.escape(person) for person in persons)
        self._person = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None

    def __repr__(self) -> str:
        return "Redactor()"

    def reference(self, person: str) -> str:
        """``person:<32 hex digits>``, equal for equal names under one salt."""
        return "person:" + hmac.new(self._salt, person.encode(), hashlib.sha256).hexdigest()[:32]

    def clean(self, value: Any, *, where: str) -> Any:
        """The value as plain JSON without persons; ``where`` names it in errors.

        What canonical JSON cannot carry (an integer beyond 2**53, NaN, a lone surrogate) becomes text, so that
        evidence is written whatever a step gave. Raises EvidenceInvalid where a secret is found.
        """
        return self._clean(plain(value), where, field="")

    def refuse_secrets(self, content: bytes, *, where: str) -> None:
        """Raise EvidenceInvalid if the bytes hold a secret."""
        for secret in self._secrets:
            if secret.encode() in content:
                raise EvidenceInvalid(
                    f"a secret would have entered the evidence: {where}",
                    fix="nothing was written; report this with the step's name, it is a fault of the toolkit",
                )

    def _clean(self, value: Any, where: str, *, field: str) -> Any:
        if isinstance(value, str):
            return self._clean_text(value, where, field=field)
        if isinstance(value, dict):
            return {
                self._clean_text(key, where, field=""): self._clean(found, f"{where}/{key}", field=key)
                for key, found in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._clean(found, f"{where}/{place}", field=field) for place, found in enumerate(value)]
        inexact = isinstance(value, float) and not math.isfinite(value)
        return str(value) if inexact or (type(value) is int and abs(value) >= _LARGEST_EXACT) else value

    def _clean_text(self, text: str, where: str, *, field: str) -> str:
        text = text.encode("utf-8", "replace").decode()
        self.refuse_secrets(text.encode(), where=where)
        if field in PERSONAL_FIELDS:
            return self.reference(text)
        if self._person is None:
            return text
        return self._person.sub(lambda found: self.reference(found.group()), text)


def _persons(inventory: Inventory) -> Iterable[str]:
    for contact in inventory.customer.contacts:
        yield from filter(None, (contact.name, contact.email, contact.phone))
    event = inventory.event
    for speaker in event.speakers if event else ():
        yield from (speaker.name, speaker.email)
    points = [inventory.contacts.provider, inventory.contacts.partner] if inventory.contacts else []
    if event is not None and event.team is not None:
        points += [event.team.project_manager, event.team.solutions_analyst]
    for point in filter(None, points):
        yield from filter(None, (point.name, point.email, point.phone))
    yield from filter(None, (inventory.provider.service_delivery_manager, inventory.provider.contract_manager))
    for component in inventory.components:
        yield component.owner
