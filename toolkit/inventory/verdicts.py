"""What the header says of a component, by a few facts about it: worked out once for each combination of facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from toolkit.inventory.crossrefs import ids, unresolved, whole
from toolkit.inventory.finding import Finding
from toolkit.inventory.networks import Room, site_room, tenant_room
from toolkit.inventory.rules.backups import policies
from toolkit.inventory.rules.levels import NEED_OS, vm_levels
from toolkit.inventory.spelling import Words

_REMEMBERED = 50_000
_REFERENCES = (("tenant", "tenants"), ("site", "sites"), ("application", "applications"))


class Facts(NamedTuple):
    """What rules on one component depend on; None where it is absent or no text."""

    kind: str | None
    tenant: str | None
    site: str | None
    application: str | None
    level: str | None
    has_level: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``findings`` point into the component. ``room`` is where its address must lie, None: wherever it likes.

    ``uses`` is the tenant, application and level that the component stands for; ``asks``: whether its own level
    depends on what its application uses.
    """

    findings: tuple[Finding, ...]
    room: Room | None
    uses: tuple[str | None, str | None, str] | None
    asks: bool


class Verdicts:
    """Verdicts on facts, and on the policies of backups, under one header."""

    def __init__(self, header: Any) -> None:
        self._known = {section: ids(header, section) for _, section in _REFERENCES}
        self._choices = {section: Words(sorted(known)) for section, known in self._known.items()}
        self._sound = {section: whole(header, section) for section in self._known}
        self.known: dict[Any, Verdict] = {}
        """By facts; a plain tuple of them is found as well."""
        self.sound_policies: set[tuple[tuple[str | None, ...], bool]] = set()
        """Policies with which nothing is wrong, as far as they were asked for, and whether they are approved."""
        self._of_policies: dict[tuple[tuple[str | None, ...], bool], tuple[Finding, ...]] = {}

    def of(self, facts: Facts) -> Verdict:
        """The verdict on a component with these facts."""
        found = self.known.get(facts)
        if found is None:
            if len(self.known) > _REMEMBERED:
                self.known.clear()
            found = self.known[facts] = self._judge(facts)
        return found

    def of_policies(self, names: tuple[str | None, ...], *, approved: bool) -> tuple[Finding, ...]:
        """What is wrong with the policies of a backup."""
        found = self._of_policies.get((names, approved))
        if found is None:
            if len(self._of_policies) > _REMEMBERED:
                self._of_policies.clear()
                self.sound_policies.clear()
            found = self._of_policies[names, approved] = tuple(policies(names, approved=approved))
            if not found:
                self.sound_policies.add((names, approved))
        return found

    def _judge(self, facts: Facts) -> Verdict:
        tenant = self._known["tenants"].get(facts.tenant or "")
        on_tenant = facts.kind == "vm" and tenant is not None
        findings = list(self._references(facts))
        if on_tenant and tenant is not None:
            findings += vm_levels(facts.level, given=facts.has_level, tenant=tenant)
        uses = (facts.tenant, facts.application, facts.kind) if facts.kind in NEED_OS else None
        return Verdict(
            findings=tuple(findings),
            room=self._room(facts),
            uses=uses,
            asks=on_tenant and facts.level == "application",
        )

    def _references(self, facts: Facts) -> Iterator[Finding]:
        for field, section in _REFERENCES:
            name: str | None = getattr(facts, field)
            if name is not None and name not in self._known[section] and self._sound[section]:
                yield unresolved(f"/{field}", field, name, self._choices[section])

    def _room(self, facts: Facts) -> Room | None:
        if facts.site is not None:
            return site_room(self._known["sites"].get(facts.site), facts.site)
        if facts.tenant is not None:
            return tenant_room(self._known["tenants"].get(facts.tenant), facts.tenant)
        return None
