"""Support levels and chains of tenants, how a level may change, managers, commitment, who calls (SD-1 §1.6, §1.15)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from toolkit import catalogue
from toolkit.catalogue import limits
from toolkit.inventory.finding import Finding, listed, text
from toolkit.inventory.rules.header import APPLICATIONS, Header, day
from toolkit.inventory.rules.rule_kinds import broken
from toolkit.model.months import following_period

RANK = {"initial": 0, "standard": 1, "premium": 2}
COMMITMENT_MONTHS = 12
"""The catalogue's ``service-minimum``, held to it by a test: reading all of SD-1 would slow every validation."""
PHONE_CONTACTS = 5
"""The catalogue's ``phone-contacts`` (SD-1 §1.15), held to it by the same test."""
_MANAGERS = ("service_delivery_manager", "contract_manager")


def minimum_months(*, raised: bool) -> int:
    """How long a level is only raised, from its first day: the catalogue's figures (SD-1 §1.6)."""
    name = "raised-level-minimum" if raised else "support-level-minimum"
    return limits.whole(catalogue.service(APPLICATIONS), name, "months")


def lowered_early(history: Sequence[tuple[str, dt.date]]) -> list[tuple[int, dt.date, int]]:
    """The periods that lower the level too early, each with the first day on which it could be lowered, and the months.

    ``history`` holds level and first day, oldest first. A level counts from the day on which it began; the months
    run anew from each change (SD-1 §1.6: a raise starts a new six months).
    """
    found = []
    counts_from, raised = history[0][1] if history else dt.date.min, False
    for index in range(1, len(history)):
        (before, _), (level, start) = history[index - 1], history[index]
        if level == before:
            continue
        if RANK[level] < RANK[before]:
            months = minimum_months(raised=raised)
            allowed = following_period(counts_from, months) or dt.date.max
            if start < allowed:
                found.append((index, allowed, months))
        counts_from, raised = start, RANK[level] > RANK[before]
    return found


def _history(header: Header) -> Iterator[Finding]:
    for path, tenant in listed(header.value, "tenants"):
        items = tenant.get("support_history")
        read = [(text(item, "level"), day(text(item, "from"))) for item in items] if isinstance(items, list) else []
        history = [(level, start) for level, start in read if level in RANK and start is not None]
        if not history or len(history) != len(read):
            continue
        where = f"{path}/support_history"
        if any(later[1] <= earlier[1] for earlier, later in itertools.pairwise(history)):
            yield broken("INV-083", where, "the periods of the support level are not in the order of their days")
            continue
        if history[-1][0] != text(tenant, "support_level"):
            message = f"the history ends with {history[-1][0]}, the support level is {text(tenant, 'support_level')}"
            yield broken("INV-083", f"{where}/{len(history) - 1}/level", message)
        for index, allowed, months in lowered_early(history):
            message = f"a support level holds for {months} months, in which it is only raised"
            fix = f"lower it on {allowed} or later"
            yield broken("INV-081", f"{where}/{index}/from", message, fix=fix)
        for index, (_, start) in enumerate(history):
            if index and start.day != 1:
                message = f"a change of the support level takes effect on the first of a month, not on {start}"
                yield broken("INV-082", f"{where}/{index}/from", message)


def _environments(header: Header) -> Iterator[Finding]:
    """The support level is chosen per type of environment, so tenants of one type share it."""
    chosen: dict[str, tuple[str, str | None]] = {}
    for path, tenant in listed(header.value, "tenants"):
        environment, level = text(tenant, "environment"), text(tenant, "support_level")
        if environment is None or level is None:
            continue
        first, name = chosen.setdefault(environment, (level, text(tenant, "id")))
        if level != first:
            message = f"{environment} has the support level {first} on the tenant {name}, {level} here"
            yield broken("INV-084", f"{path}/support_level", message)


def _chain(header: Header) -> Iterator[Finding]:
    for path, tenant in listed(header.value, "tenants"):
        levels = header.levels(text(tenant, "id"))
        if text(tenant, "support_chain") == "full_france_reinforced" and "native-services" not in levels:
            message = (
                "the chain full_france_reinforced is stated for native services, which this tenant does not subscribe"
            )
            yield broken("INV-085", f"{path}/support_chain", message)


def _managers(header: Header) -> Iterator[Finding]:
    provider = header.value.get("provider") if isinstance(header.value, dict) else None
    levels = {text(tenant, "support_level") for _, tenant in listed(header.value, "tenants")}
    if not isinstance(provider, dict) or not levels:
        return
    missing = [name for name in _MANAGERS if name not in provider]
    if "premium" in levels and missing:
        message = f"a project with a premium tenant names both managers: {' and '.join(missing)} missing"
        yield broken("INV-064", "/provider", message)
    for name in _MANAGERS:
        if name not in provider:
            continue
        noun = name.replace("_", " ")
        if levels == {"standard"}:
            message = f"a project of standard tenants only cannot subscribe a {noun}"
            yield broken("INV-065", f"/provider/{name}", message, key=True)
        elif levels == {"initial"}:
            yield broken("INV-066", f"/provider/{name}", f"a {noun} on a project of initial tenants only", key=True)


def _commitment(header: Header) -> Iterator[Finding]:
    customer = header.value.get("customer") if isinstance(header.value, dict) else None
    commitment = customer.get("commitment") if isinstance(customer, dict) else None
    months = commitment.get("months") if isinstance(commitment, dict) else None
    if header.service == APPLICATIONS and type(months) is int and 0 < months < COMMITMENT_MONTHS:
        message = f"{months} months is below the minimum service duration of one year"
        yield broken("INV-069", "/customer/commitment/months", message)


def _callers(header: Header) -> Iterator[Finding]:
    """Each named contact with a phone beyond those that L0 takes calls of, in the order of the list."""
    customer = header.value.get("customer") if isinstance(header.value, dict) else None
    if header.service != APPLICATIONS or not isinstance(customer, dict):
        return
    callers = [path for path, contact in listed(customer, "contacts") if contact.get("phone") is not None]
    for number, path in enumerate(callers[PHONE_CONTACTS:], start=PHONE_CONTACTS + 1):
        message = f"the phone is for at most {PHONE_CONTACTS} named contacts, this is number {number}"
        yield broken("INV-105", f"/customer{path}/phone", message, key=True)


HEADER = (_history, _environments, _chain, _managers, _commitment, _callers)
COMPONENT = ()
ACROSS = ()
