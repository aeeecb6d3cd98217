"""The transition of a partner: its VPN, a point of contact on each side, the date of activation (SD-2 §2)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit import catalogue
from toolkit.catalogue import limits
from toolkit.inventory.finding import Finding, listed
from toolkit.inventory.rules.header import PARTNERS, Header
from toolkit.inventory.rules.rule_kinds import broken
from toolkit.model.activation import LATEST


def _bandwidth(header: Header) -> Iterator[Finding]:
    sites = list(listed(header.value, "sites")) if header.service == PARTNERS else []
    least = limits.whole(catalogue.service(PARTNERS), "vpn-bandwidth", "Mbit/s") if sites else 0
    for path, site in sites:
        endpoint = site.get("vpn_endpoint")
        for field, way in (("bandwidth_mbps", "to the site"), ("upload_mbps", "from the site")):
            rate = endpoint.get(field) if isinstance(endpoint, dict) else None
            if type(rate) is int and 0 < rate < least:
                message = f"the VPN link has at least {least} Mbit/s both ways; {way} it is {rate}"
                yield broken("INV-117", f"{path}/vpn_endpoint/{field}", message)


def _contacts(header: Header) -> Iterator[Finding]:
    contacts = header.value.get("contacts") if isinstance(header.value, dict) else None
    if header.service == PARTNERS and isinstance(contacts, dict):
        missing = [side for side in ("provider", "partner") if side not in contacts]
        if missing:
            message = f"there is a single point of contact on each side; none of the {' and the '.join(missing)}"
            yield broken("INV-118", "/contacts", message, fix=f"add {', '.join(missing)}", key=True)


def _activation(header: Header) -> Iterator[Finding]:
    if header.service != PARTNERS or header.effective is None:
        return
    if header.planned_activation is None and "planned_activation" not in header.value["order"]:
        which = (
            "the actual activation"
            if header.activation == header.actual_activation
            else f"{LATEST.days} days after the order"
        )
        message = f"the order names no planned activation: it counts from {header.activation}, {which}"
        yield broken("INV-119", "/order", message, key=True)
    for field, when in (("planned_activation", header.planned_activation), ("activation", header.actual_activation)):
        if when is not None and when < header.effective:
            message = f"an activation on {when}, before the order holds on {header.effective}"
            yield broken("INV-120", f"/order/{field}", message)
    if header.actual_activation is not None and header.actual_activation > header.today:
        message = f"the actual activation, {header.actual_activation}, lies in the future"
        yield broken("INV-121", "/order/activation", message)


HEADER = (_bandwidth, _contacts, _activation)
COMPONENT = ()
ACROSS = ()
