"""The contacts that a support tier asks for before cases are taken (SD-4 §4)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, listed, text
from toolkit.inventory.rules.header import SUPPORT, Header
from toolkit.inventory.rules.rule_kinds import broken

MAIN, IT = "main", "it"
"""Roles of the customer's contacts that the service asks for."""


def _contacts(header: Header) -> Iterator[Finding]:
    customer = header.value.get("customer") if isinstance(header.value, dict) else None
    if header.service != SUPPORT or not isinstance(customer, dict) or not isinstance(customer.get("contacts"), list):
        return
    roles = {(text(contact, "role") or "").lower() for _, contact in listed(customer, "contacts")}
    if MAIN not in roles:
        yield broken("INV-134", "/customer/contacts", "no contact has the role main", key=True)
    if IT not in roles:
        yield broken("INV-135", "/customer/contacts", "no contact has the role it", key=True)
    for path, contact in listed(customer, "contacts"):
        if (text(contact, "role") or "").lower() == IT and "phone" not in contact:
            message = "an IT contact has a phone number beside the e-mail address"
            yield broken("INV-135", f"/customer{path}", message, fix="add its phone")


HEADER = (_contacts,)
COMPONENT = ()
ACROSS = ()
