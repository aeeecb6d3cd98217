"""What is measured: the service units of each managed tenant, grouped into managed functions (SD-1 §1.10, §1.12).

A virtual machine is an OS unit whatever stands on it (the OS level that a higher level needs is an order line of its
own), an application unit is one application of the inventory, a component with a backup also is a backup unit.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from toolkit.model.inventory import Component, Inventory, Tenant
from toolkit.model.service import ManagedFunction, Service


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """``not_guaranteed``: the prerequisite that it lacks, None for a guaranteed one."""

    id: str
    not_guaranteed: str | None = None


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """``id`` is ``application/shop`` where units count one by one, else the catalogue's, which is ``function``."""

    id: str
    function: str
    units: tuple[Unit, ...]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """One managed tenant with its functions in the catalogue's order; ``components`` are the ids of its records."""

    tenant: Tenant
    functions: tuple[Function, ...]
    components: frozenset[str]

    @property
    def production(self) -> bool:
        return self.tenant.environment == "production"

    @property
    def co_managed(self) -> bool:
        return self.tenant.management == "co-managed"


def scopes(inventory: Inventory, service: Service) -> tuple[Scope, ...]:
    """Every tenant that is not merely resold, in the inventory's order."""
    found = []
    for tenant in inventory.tenants:
        if tenant.management == "resold":
            continue
        own = tuple(one for one in inventory.components if one.tenant == tenant.id and _managed(inventory, one))
        functions = tuple(_functions(service, own))
        units = {unit.id for function in functions for unit in function.units}
        found.append(
            Scope(
                tenant=tenant,
                functions=functions,
                components=frozenset(one.id for one in inventory.components if one.tenant == tenant.id) | units,
            )
        )
    return tuple(found)


def service_functions(service: Service) -> tuple[Function, ...]:
    """What is measured for the service itself and belongs to no tenant: the customer portal."""
    return tuple(
        Function(id=one.id, function=one.id, units=(Unit(id=one.id),))
        for one in service.levels.functions
        if one.counts == "service"
    )


def record_ids(inventory: Inventory, service: Service) -> frozenset[str]:
    """Every id that a record may name as a component: components, application and backup units, the portal."""
    found = {one.id for one in inventory.components}
    found |= {unit.id for scope in scopes(inventory, service) for one in scope.functions for unit in one.units}
    return frozenset(found | {one.id for one in service_functions(service)})


def charge_ids(inventory: Inventory, service: Service) -> frozenset[str]:
    """Every id that a charge may name as a function; subscribed levels that are none (governance) may be charged too."""
    found = {one.id for one in service.levels.functions}
    found |= {one.id for scope in scopes(inventory, service) for one in scope.functions}
    return frozenset(found.union(*(tenant.subscribed_levels for tenant in inventory.tenants)))


def _functions(service: Service, components: tuple[Component, ...]) -> Iterator[Function]:
    for function in service.levels.functions:
        units = sorted(_units(function, components).items())
        found = tuple(Unit(id=id_, not_guaranteed=lacks) for id_, lacks in units)
        if function.units == "each":
            yield from (Function(id=unit.id, function=function.id, units=(unit,)) for unit in found)
        elif found:
            yield Function(id=function.id, function=function.id, units=found)


def _units(function: ManagedFunction, components: tuple[Component, ...]) -> dict[str, str | None]:
    """The units' ids, with what each lacks to be guaranteed."""
    at_levels = [one for one in components if one.management_level in function.levels]
    if function.counts == "applications":
        found: dict[str, str | None] = {}
        for one in at_levels:
            id_ = f"{function.id}/{one.application}"
            # an application is supervised where one of its servers is
            found[id_] = None if id_ in found and found[id_] is None else _lacks(one)
        return found
    if function.counts == "backups":
        return {f"{function.id}/{one.id}": None for one in components if one.backup}
    if function.counts == "service":
        return {}
    by_kind = [one for one in components if one.kind in function.kinds]
    carriers = {one.hosted_on for one in by_kind} | {one.id for one in by_kind}
    return {one.id: _lacks(one) for one in (*by_kind, *(one for one in at_levels if one.id not in carriers))}


def _lacks(component: Component) -> str | None:
    return None if component.supervised else "not-supervised"


def _managed(inventory: Inventory, component: Component) -> bool:
    """No Build leaves nothing to the provider (SD-1 §1.1)."""
    return bool(component.application) and inventory.responsibility(component).backend == "provider"
