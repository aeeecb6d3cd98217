"""Backups that stand on no server: of containers (SD-1 §1.6) and of Office 365 (SD-1 §1.7)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, shown, strings, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import ComponentRule, broken

_KIND = "office-365"


def _containers(item: Mapping, header: Header) -> Iterator[Finding]:
    tenant = text(item, "tenant")
    if "backup" in item and tenant in header.tenants and not {"containers", "application"} & header.levels(tenant):
        message = "a backup of containers needs the container or application level of its tenant"
        yield broken("INV-063", "/backup", message, fix="subscribe the containers level, or drop the backup", key=True)


def _office(item: Mapping, header: Header) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    backup = item.get("office_365_backup")
    if not isinstance(backup, dict):
        return
    known = [policy.name for policy in catalogue.backup_policies().values() if _KIND in policy.kinds]
    for index, name in strings(backup, "policies"):
        policy, where = catalogue.backup_policy(name), f"/office_365_backup/policies/{index}"
        if policy is None:
            yield broken("INV-012", where, f"no backup policy {shown(name)}", fix=did_you_mean(name, known))
        elif policy.custom:
            if not text(backup, "approval"):
                message = f"{shown(name)} is a custom policy: it needs the provider's approval"
                yield broken("INV-050", where, message, fix="add office_365_backup.approval, or use a listed policy")
        elif _KIND not in policy.kinds:
            message = f"{shown(name)} is not a policy of Office 365 backup"
            yield broken("INV-051", where, message, fix="use one of: " + ", ".join(known))


def _online(item: Mapping, header: Header) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    if "office_365_backup" in item and text(item, "hosting") == "provider-cloud":
        message = "a backup of Office 365 is of mail that is online, not on the provider's cloud"
        yield broken("INV-094", "/office_365_backup", message, key=True)


HEADER = ()
COMPONENT = (
    ComponentRule(_containers, ("container-group",), ("tenant", "backup")),
    ComponentRule(_office, ("mail",), ("office_365_backup",)),
    ComponentRule(_online, ("mail",), ("office_365_backup", "hosting")),
)
ACROSS = ()
