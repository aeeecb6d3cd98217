"""Business application functions: what each needs before it is supervised (SD-1 §1.5, §1.6).

And the level that manages a component, which its tenant subscribes.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding, Mapping, shown, strings, text
from toolkit.inventory.rules.header import Header
from toolkit.inventory.rules.rule_kinds import AcrossRule, ComponentRule, Known, Noted, broken

PROCEDURE_MINUTES = 15
"""The catalogue's limit ``procedure``, held to it by a test."""
_NEEDS = {
    "procedure": ("INV-086", "a procedure that the customer gives"),
    "metrics": ("INV-088", "metrics that the customer exports"),
    "backup_strategy": ("INV-090", "a backup strategy"),
    "disaster_recovery": ("INV-091", "a disaster-recovery strategy"),
}
_LEVEL_OF = {
    "database": "database",
    "middleware": "middleware",
    "container-group": "containers",
    "native-service": "native-services",
    "big-data": "big-data",
    "computer-vision": "computer-vision",
    "remote-desktop": "remote-desktop",
    "active-directory": "active-directory",
    "firewall": "security",
    "load-balancer": "security",
    "virtual-desktop": "virtual-desktop",
    "mail": "mail",
    "sap": "application",
}
"""The level that manages a kind. A vm and a cluster name theirs; functions and interfaces are supervised, not managed."""
_OWN_LEVEL = ("vm", "kubernetes-cluster")
_MANAGED = ("application", "responsibility")


def _level(item: Mapping, header: Header) -> Iterator[Finding]:
    """The application level counts too: it includes what the application uses."""
    tenant, level = text(item, "tenant"), _LEVEL_OF[str(text(item, "kind"))]
    if tenant in header.tenants and header.managed(item) and not {level, "application"} & header.levels(tenant):
        message = f"the tenant does not subscribe the {level} level, which manages this component"
        yield broken("INV-068", "/tenant", message, fix=f"subscribe {level}, or leave the component to the customer")


def _needs(item: Mapping, header: Header) -> Iterator[Finding]:
    if header.managed(item):
        for field, (rule, noun) in _NEEDS.items():
            if not item.get(field):
                path, key = (f"/{field}", True) if field in item else ("", False)
                yield broken(rule, path, f"an application function needs {noun}", key=key)


def _minutes(item: Mapping, header: Header) -> Iterator[Finding]:
    procedure = item.get("procedure")
    minutes = procedure.get("minutes") if isinstance(procedure, dict) else None
    if header.managed(item) and type(minutes) is int and minutes > PROCEDURE_MINUTES:
        message = f"the procedure takes {minutes} minutes: what takes more than {PROCEDURE_MINUTES} is billed by time"
        yield broken("INV-087", "/procedure/minutes", message)


def _logs(item: Mapping, header: Header) -> Iterator[Finding]:
    missing = [field for field in ("logs", "dashboards") if not item.get(field)]
    if header.managed(item) and item.get("procedure") and missing:
        message = f"the {' and '.join(missing)} that the procedure uses are developed beforehand; none are named"
        yield broken("INV-089", "/procedure", message, key=True)


def _restore(item: Mapping, header: Header) -> Iterator[Finding]:
    if header.managed(item) and "restore" not in item:
        message = "a function declares how it is restored: by redeployment or from backup, with its procedure"
        yield broken("INV-092", "", message)


def _dependencies(item: Mapping, header: Header, known: Known) -> Iterator[Finding]:
    if not header.managed(item):
        return
    for index, name in strings(item, "depends_on"):
        other = known(name)
        if other is not None and not _subscribed(other, header):
            message = f"a function depends on managed components only; {shown(name)} is not subscribed as managed"
            yield broken("INV-093", f"/depends_on/{index}", message)


def _subscribed(other: Noted, header: Header) -> bool:
    if other.kind in _OWN_LEVEL:
        return other.backend == "provider" and other.level is not None
    level = _LEVEL_OF.get(other.kind or "")
    return level is None or (other.backend == "provider" and level in header.levels(other.tenant))


_KIND = ("application-function",)
HEADER = ()
COMPONENT = (
    *(ComponentRule(_level, (kind,), ("kind", "tenant", *_MANAGED)) for kind in _LEVEL_OF),
    ComponentRule(_needs, _KIND, (*_NEEDS, *_MANAGED)),
    ComponentRule(_minutes, _KIND, ("procedure", *_MANAGED)),
    ComponentRule(_logs, _KIND, ("procedure", "logs", "dashboards", *_MANAGED)),
    ComponentRule(_restore, _KIND, ("restore", *_MANAGED)),
)
ACROSS = (AcrossRule(_dependencies, _KIND, ("depends_on", *_MANAGED)),)
