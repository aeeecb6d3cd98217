"""The subscription and the prerequisites against the service's entry in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from toolkit.catalogue.applicable import tiers_within
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, shown, strings, text
from toolkit.inventory.offered import OFFERS, offered, service_called
from toolkit.inventory.readers.place import pointer
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import broken
from toolkit.model.service import Service

_NOUNS = {"tier": "tier", "options": "option", "products": "product"}


class _Bought:
    """A subscription beside its service."""

    def __init__(self, service: Service, subscription: Mapping) -> None:
        self.service = service
        self.tier = text(subscription, "tier")
        self.lists = {name: strings(subscription, name) for name in ("options", "products")}

    @cached_property
    def has(self) -> frozenset[str]:
        """Options, products and the tier with those that it includes."""
        return tiers_within(self.service, self.tier).union(word for listed in self.lists.values() for _, word in listed)


def _bought(header: Header) -> _Bought | None:
    """The subscription, where there is a sound one and the service is known."""
    found = header.value.get("subscription") if isinstance(header.value, dict) else None
    service = service_called(header.service) if isinstance(found, dict) else None
    return _Bought(service, found) if service is not None and isinstance(found, dict) else None


def _unknown(header: Header) -> Iterator[Finding]:
    bought = _bought(header)
    if bought is None:
        return
    named = {f"/subscription/{name}/{at}": (name, word) for name, some in bought.lists.items() for at, word in some}
    if bought.tier is not None:
        named = {"/subscription/tier": ("tier", bought.tier), **named}
    for path, (name, word) in named.items():
        known = offered(bought.service.id, next(one for one in OFFERS if one == name))
        if word not in known:
            noun = _NOUNS[name]
            fix = did_you_mean(word, known, otherwise="" if known else f"remove it: the service has no {noun}s")
            yield broken("INV-130", path, f"{bought.service.description} has no {noun} {shown(word)}", fix=fix)


def _conditions(header: Header) -> Iterator[Finding]:
    """Options and prerequisites that belong to tiers or options that are not bought."""
    bought = _bought(header)
    if bought is None:
        return
    service, given = bought.service, header.value.get("prerequisites")
    options = {one.id: one.only_with for one in service.options}
    tiers = {one.id: one.tiers for one in service.prerequisites}
    named = {f"/subscription/options/{index}": (word, options.get(word)) for index, word in bought.lists["options"]}
    for name in given if isinstance(given, dict) else ():
        named[pointer("prerequisites", name)] = (name, tiers.get(name))
    for path, (name, needs) in named.items():
        if needs and not bought.has & set(needs):
            rule, noun = ("INV-130", "option") if path.startswith("/subscription") else ("INV-133", "prerequisite")
            message = f"the {noun} {name} of {service.description} needs {' or '.join(needs)}"
            yield broken(rule, path, message, fix=f"add {needs[0]}, or remove it", key=noun == "prerequisite")


def _tier(header: Header) -> Iterator[Finding]:
    bought = _bought(header)
    if bought is not None and bought.service.tiers and "tier" not in header.value["subscription"]:
        known = ", ".join(one.id for one in bought.service.tiers)
        message = f"{bought.service.description} has tiers; the subscription names none"
        yield broken("INV-132", "/subscription", message, fix=f"add tier: one of {known}", key=True)


def _prerequisites(header: Header) -> Iterator[Finding]:
    given = header.value.get("prerequisites") if isinstance(header.value, dict) else None
    service = service_called(header.service) if isinstance(given, dict) and given else None
    if service is None or not isinstance(given, dict):
        return
    known = offered(service.id, "prerequisites")
    elsewhere = {one.id: one.section for one in service.prerequisites if one.section is not None}
    for name in given:
        if name in elsewhere:
            message = f"the prerequisite {name} of {service.description} is given by {elsewhere[name]}"
            yield broken("INV-133", pointer("prerequisites", name), message, fix="remove it here", key=True)
        elif name not in known:
            message = f"{service.description} has no prerequisite {shown(name)}"
            fix = did_you_mean(name, known)
            yield broken("INV-133", pointer("prerequisites", name), message, fix=fix, key=True)


HEADER = (_unknown, _conditions, _tier, _prerequisites)
