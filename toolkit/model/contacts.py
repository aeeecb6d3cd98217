"""Who speaks for whom."""

from __future__ import annotations

from toolkit.model.noun import Noun


class Contact(Noun, frozen=True, kw_only=True):
    role: str
    name: str
    email: str
    phone: str | None = None


class ContactPoint(Noun, frozen=True, kw_only=True):
    name: str
    email: str
    phone: str | None = None


class Contacts(Noun, frozen=True, kw_only=True):
    """The single point of contact on each side (SD-2 §2)."""

    provider: ContactPoint | None = None
    partner: ContactPoint | None = None
