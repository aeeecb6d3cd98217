"""What a backup rests on (SD-1 §1.6) and the policies of files and of Office 365 (SD-1 §1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit import catalogue
from toolkit.inventory.finding import Finding, Mapping, did_you_mean, shown, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import ComponentRule, broken

_FILES, _OFFICE = "file", "office-365"


def policies(names: Iterable[str | None], *, approved: bool) -> Iterator[Finding]:
    """What the policies of a backup of files break; pointers begin at the component."""
    fix = "add backup.approval, or use a listed policy"
    yield from _policies("/backup", _FILES, names, approved=approved, noun="file", fix=fix)


def backup_without_level() -> Finding:
    """That the server of a backup has no management level."""
    message = "a backup needs the os, database, middleware or application level of its server"
    return broken("INV-063", "/backup", message, key=True)


def _policies(
    path: str, kind: str, names: Iterable[str | None], *, approved: bool, noun: str, fix: str
) -> Iterator[Finding]:
    known = [policy.name for policy in catalogue.backup_policies().values() if kind in policy.kinds]
    for index, name in enumerate(names):
        policy, where = catalogue.backup_policy(name) if name is not None else None, f"{path}/policies/{index}"
        if name is None:
            continue
        if policy is None:
            message = f"no backup policy {shown(name)} in SD-1 §1.7"
            yield Finding(rule="INV-012", path=where, message=message, fix=did_you_mean(name, known))
        elif policy.custom:
            # a custom policy is none of the table's, so it is of whatever content it is asked for
            if not approved:
                message = f"{shown(name)} is a custom policy: it needs the provider's approval"
                yield broken("INV-050", where, message, fix=fix)
        elif kind not in policy.kinds:
            message = f"{shown(name)} is not a policy of {noun} backup"
            yield broken("INV-051", where, message, fix="use one of: " + ", ".join(known))


def _containers(item: Mapping, header: Header) -> Iterator[Finding]:
    tenant = text(item, "tenant")
    if "backup" in item and tenant in header.tenants and not {"containers", "application"} & header.levels(tenant):
        message = "a backup of containers needs the container or application level of its tenant"
        yield broken("INV-063", "/backup", message, fix="subscribe the containers level, or drop the backup", key=True)


def _office(item: Mapping, header: Header) -> Iterator[Finding]:  # noqa: ARG001 - the shape of all
    backup = item.get("office_365_backup")
    if not isinstance(backup, dict):
        return
    names = backup.get("policies")
    written = [name if isinstance(name, str) else None for name in names] if isinstance(names, list) else []
    approved = bool(text(backup, "approval"))
    fix = "add office_365_backup.approval, or use a listed policy"
    yield from _policies("/office_365_backup", _OFFICE, written, approved=approved, noun="Office 365", fix=fix)


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
