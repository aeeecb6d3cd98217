"""Active Directory, the remote desktops that need it, and virtual desktops (SD-1 §1.6, §1.14)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, listed, shown, strings, text
from toolkit.inventory.rules.header import PUBLIC_CLOUDS, Header, day
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, Known, broken

_CONTROLLERS = 2
_OWN_CLOUDS_ONLY = {"active-directory": "SD-1 §1.6", "virtual-desktop": "SD-1 §1.14"}
_MANAGED = ("application", "responsibility")


def _levels(header: Header) -> Iterator[Finding]:
    """What the levels of desktops need.

    A remote desktop may stand on a public cloud while its directory stands on a tenant of the provider's clouds, so
    any tenant of the project may subscribe the directory.
    """
    project = {
        level for _, tenant in listed(header.value, "tenants") for _, level in strings(tenant, "subscribed_levels")
    }
    for path, tenant in listed(header.value, "tenants"):
        kind = text(tenant, "platform", "kind")
        own = {level for _, level in strings(tenant, "subscribed_levels")}
        for index, level in strings(tenant, "subscribed_levels"):
            where = f"{path}/subscribed_levels/{index}"
            if level in _OWN_CLOUDS_ONLY and kind in PUBLIC_CLOUDS:
                source = _OWN_CLOUDS_ONLY[level]
                message = f"the {level} level exists on the provider's own clouds only, not on {kind} ({source})"
                yield Finding(rule="INV-071", path=where, message=message)
            missing = sorted(({"os"} - own) | ({"active-directory"} - project))
            if level == "remote-desktop" and missing:
                yield broken("INV-072", where, f"the remote-desktop level needs the {' and '.join(missing)} level(s)")


def _controllers(item: Mapping, header: Header) -> Iterator[Finding]:
    hosts = {name for _, name in strings(item, "hosts")}
    if header.managed(item) and isinstance(item.get("hosts"), list) and len(hosts) < _CONTROLLERS:
        yield broken("INV-077", "/hosts", f"an Active Directory has at least {_CONTROLLERS} vms, this one {len(hosts)}")


def _directory(item: Mapping, header: Header) -> Iterator[Finding]:
    if header.managed(item) and "directory" not in item:
        yield broken("INV-079", "", "a remote desktop needs a managed Active Directory; it names none")


def _certificate(item: Mapping, header: Header) -> Iterator[Finding]:
    if not header.managed(item):
        return
    if "certificate" not in item:
        yield broken("INV-080", "", "a remote desktop needs a TLS certificate, self-signed or from an authority")
        return
    ends = day(text(item, "certificate", "ends"))
    if ends is not None and header.starts is not None and ends < header.starts:
        message = f"the certificate ends on {ends}, before the service starts on {header.starts}"
        yield broken("INV-080", "/certificate/ends", message, fix="renew the certificate")


def _managed_os(item: Mapping, header: Header, known: Known) -> Iterator[Finding]:
    """The servers of a directory or a remote desktop have a managed operating system."""
    if not header.managed(item):
        return
    noun = "an Active Directory" if text(item, "kind") == "active-directory" else "a remote desktop"
    for index, name in strings(item, "hosts"):
        host = known(name)
        if host is None or host.kind != "vm" or host.tenant not in header.tenants:
            continue
        if host.level is None or not header.managed_tenant(host.tenant) or "os" not in header.levels(host.tenant):
            message = f"{noun} needs a managed OS; that of {shown(name)} is not"
            yield broken("INV-078", f"/hosts/{index}", message)


HEADER = (_levels,)
COMPONENT = (
    ComponentRule(_controllers, ("active-directory",), ("hosts", *_MANAGED)),
    ComponentRule(_directory, ("remote-desktop",), ("directory", *_MANAGED)),
    ComponentRule(_certificate, ("remote-desktop",), ("certificate", *_MANAGED)),
)
ACROSS = (AcrossRule(_managed_os, ("active-directory", "remote-desktop"), ("kind", "hosts", *_MANAGED)),)
