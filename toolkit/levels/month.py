"""A customer's month of service levels, from inventory, catalogue and records (SD-1 §1.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import takewhile

from toolkit.clocks import at
from toolkit.errors import UsageError
from toolkit.levels.amounts import cents
from toolkit.levels.availability import function_figure
from toolkit.levels.claims import claim
from toolkit.levels.excluded import CO_MANAGED_ONLY
from toolkit.levels.explain import availability_credit
from toolkit.levels.interruptions import interruptions
from toolkit.levels.period import Period, Subscribed, touching
from toolkit.levels.records.by_id import ById
from toolkit.levels.records.kinds import Incident, Note, Records
from toolkit.levels.scale import NONE
from toolkit.levels.tenant import Month, Promises, measure_function, tenant_figures
from toolkit.levels.texts import reason_text, say
from toolkit.levels.units import Scope, scopes, service_functions
from toolkit.model.inventory import Inventory
from toolkit.model.levels import Claim, Credit, FunctionFigure, LevelsReport, TenantFigures
from toolkit.model.service import Service

_TOLD = 20
"""So many notes of one kind are told; then their number."""


def month_figures(
    inventory: Inventory, service: Service, records: Records, period: Period, *, language: str
) -> LevelsReport:
    """All figures of the month. UsageError for a service that promises no such levels."""
    promises = Promises.of(service)
    if promises is None:
        raise UsageError(
            f"{service.id} ({service.description}) promises no availability, restore and change times",
            fix="see what it promises: onboard catalogue show " + service.description,
        )
    by_id = ById(records)
    incidents = touching(records.incidents, period, first="opened", last="resolved")
    outages = touching(records.outages, period, first="start", last="end")
    interrupted = interruptions(outages, incidents, by_id, period)
    subscribed = Subscribed(records.subscriptions, period, commitment=inventory.customer.commitment.start)
    scoped = scopes(inventory, service)
    month = Month(
        records=records,
        by_id=by_id,
        incidents=incidents,
        outages=outages,
        incidents_of=_by_tenant(scoped, incidents),
        period=period,
        interrupted=interrupted.by_component,
        subscribed=subscribed,
        language=language,
    )
    tenants = tuple(tenant_figures(scope, promises, month) for scope in scoped)
    on_portal = tuple(_portal(service, promises, month))
    portal = tuple(figure for figure, _ in on_portal)
    portal_credits = tuple(credit for _, credit in on_portal if credit is not None)
    nothing = _earns_nothing(month, tenants, portal)
    payable = sum((Fraction(one.payable) for one in tenants), NONE)
    payable += sum((Fraction(cents(one.amount)) for one in portal_credits), NONE)
    return LevelsReport(
        customer=inventory.customer.id,
        service=service.id,
        description=service.description,
        month=period.name,
        start=at(period.start, period.zone).isoformat(),
        end=at(period.end, period.zone).isoformat(),
        zone=period.zone,
        seconds=period.end - period.start,
        tenants=tenants,
        portal=portal,
        portal_credits=portal_credits,
        claims=tuple(_claims(tenants, portal, portal_credits, month, service)),
        earns_nothing=nothing,
        reasons={code: reason_text(code, language) for code in sorted(_codes(tenants, portal, nothing))},
        notes=(*_notes((*records.notes, *interrupted.notes), language), *_said(inventory, service, month, tenants)),
        ignored=_ignored(month),
        exact=sum((one.exact for one in tenants), NONE) + sum((one.amount for one in portal_credits), NONE),
        payable=cents(payable),
        sample=any(one.sample for one in records.charges if one.month == period.name),
    )


def _by_tenant(scoped: tuple[Scope, ...], incidents: Iterable[Incident]) -> dict[str, list[Incident]]:
    """Each tenant's incidents, in their order; one that touches several tenants is an incident of each."""
    owners: dict[str, list[str]] = {}
    for scope in scoped:
        for component in scope.components:
            owners.setdefault(component, []).append(scope.tenant.id)
    found: dict[str, list[Incident]] = {scope.tenant.id: [] for scope in scoped}
    for incident in incidents:
        if len(incident.components) == 1:
            tenants = owners.get(incident.components[0], [])
        else:
            tenants = list(dict.fromkeys(one for part in incident.components for one in owners.get(part, ())))
        for tenant in tenants:
            found[tenant].append(incident)
    return found


def _portal(service: Service, promises: Promises, month: Month) -> Iterator[tuple[FunctionFigure, Credit | None]]:
    """What belongs to no tenant: a breach is told; a credit needs a configured base (SD-1 §1.16)."""
    charges = {
        one.function: one.amount_eur
        for one in month.records.charges
        if one.month == month.period.name and not one.tenant and one.amount_eur is not None
    }
    for function in service_functions(service):
        measured = measure_function(
            function, None, promises.availability, level="", month=month, excluded=None, charge=charges.get(function.id)
        )
        figure = function_figure(measured, restored=frozenset(), source=promises.availability.source, reason=None)
        credit = None
        if figure.credit:
            credit = availability_credit(
                figure, measured, tenant=service.id, restored=frozenset(), language=month.language
            )
        yield figure, credit


def _claims(
    tenants: tuple[TenantFigures, ...],
    portal: tuple[FunctionFigure, ...],
    portal_credits: tuple[Credit, ...],
    month: Month,
    service: Service,
) -> Iterator[Claim]:
    rules = service.levels.claim
    if rules is None:
        return
    title = service.title.of(month.language)
    for id_, functions, earned in (
        *((one.id, one.functions, one.credits) for one in tenants),
        ("", portal, portal_credits),
    ):
        named = f"{title} {id_}".strip()
        units = {one.id: frozenset(unit.id for unit in one.units if unit.not_guaranteed is None) for one in functions}
        for one in earned:
            yield claim(
                one,
                month.by_id,
                month.period,
                tenant=id_,
                units=units.get(one.subject, frozenset()),
                rules=rules,
                service=named,
                language=month.language,
            )


def _codes(tenants: tuple[TenantFigures, ...], portal: tuple[FunctionFigure, ...], nothing: dict[str, str]) -> set[str]:
    """Every reason's code of the report."""
    functions = [*portal, *(function for one in tenants for function in one.functions)]
    codes = {one.reason for one in functions} | {unit.not_guaranteed for one in functions for unit in one.units}
    for tenant in tenants:
        codes |= {one.reason for one in tenant.restore.left_out} | {one.reason for one in tenant.changes}
    return {code for code in codes | set(nothing.values()) if code}


def _earns_nothing(
    month: Month,
    tenants: tuple[TenantFigures, ...],
    portal: tuple[FunctionFigure, ...],
) -> dict[str, str]:
    """Records that earn nothing of what they look like, with the code of the reason."""
    found: dict[str, str] = {}
    productive = {
        key
        for one in tenants
        if one.penalty
        for function in one.functions
        for unit in function.units
        if unit.not_guaranteed is None
        for key in unit.counted
    }
    measured = {unit.id: unit for one in tenants for function in one.functions for unit in function.units}
    for tenant in tenants:
        for left in tenant.restore.left_out:
            if left.id not in productive:
                found.setdefault(left.id, left.reason)
        if not tenant.penalty:
            found |= {one.id: "non-production" for one in tenant.restore.incidents if one.late}
        found |= {one.id: one.reason for one in tenant.changes if one.reason}
    on_portal = {unit.id: one for one in portal for unit in one.units}
    for component, some in month.interrupted.items():
        for one in some:
            if component in on_portal and on_portal[component].reason:
                found.setdefault(one.key, "no-charge")
            elif component in measured and measured[component].not_guaranteed:
                found.setdefault(one.outage or one.key, measured[component].not_guaranteed or "")
            elif component not in measured and component not in on_portal and one.key not in productive:
                found.setdefault(one.key, "no-function")
    return dict(sorted(found.items()))


def _ignored(month: Month) -> dict[str, int]:
    """How many records of each kind lie outside of the month; kinds without any are left out."""
    records, period = month.records, month.period
    counts = {
        "incidents": len(records.incidents) - len(month.incidents),
        "outages": len(records.outages) - len(month.outages),
        "exclusions": sum(not period.touches(one.start, one.end) for one in records.exclusions),
        "changes": sum(not period.touches(one.requested, one.notified) for one in records.changes),
        "charges": sum(one.month != period.name for one in records.charges),
    }
    return {kind: count for kind, count in counts.items() if count}


def _notes(notes: tuple[Note, ...], language: str) -> Iterator[str]:
    """The first notes of each kind, and how many more there are."""
    by_key: dict[str, list[Note]] = {}
    for one in notes:
        by_key.setdefault(one.key, []).append(one)
    for some in by_key.values():
        yield from (one.words(language) for one in some[:_TOLD])
        if len(some) > _TOLD:
            yield say(language, "more", count=len(some) - _TOLD)


def _said(inventory: Inventory, service: Service, month: Month, tenants: tuple[TenantFigures, ...]) -> Iterator[str]:
    """What follows from what is not there, or holds for all of the month."""
    records, period, language = month.records, month.period, month.language
    incidents = month.incidents
    if not incidents and not month.outages:
        yield say(language, "nothing-recorded", month=period.name)
    own = scopes(inventory, service)
    co_managed = {part for one in own if one.co_managed for part in one.components}
    shared = [one for one in incidents if one.cause == "shared"]
    named = {
        "open-incidents": [one.id for one in incidents if one.resolved is None],
        "open-exclusions": [one.id for one in records.exclusions if one.end is None and one.start < period.end],
        "across-months": [
            one.id
            # they are in the order of their opening
            for one in takewhile(lambda one: one.opened < period.start, incidents)
            if period.has(one.resolved) and one.interruption
        ],
        "involved-not-co-managed": [
            one.id
            for one in records.exclusions
            if one.kind in CO_MANAGED_ONLY and one.tenant not in {each.tenant.id for each in own if each.co_managed}
        ],
        "charges-without-unit": [
            f"{one.tenant} {one.function}"
            for each in own
            for one in records.charges
            if one.month == period.name
            and one.tenant == each.tenant.id
            and one.function not in {*each.tenant.subscribed_levels, *(function.id for function in each.functions)}
        ],
        "shared-causes": [one.id for one in shared],
        "shared-not-involved": [
            one.id for one in shared if not one.co_management and co_managed.intersection(one.components)
        ],
    }
    for key, ids in named.items():
        if ids:
            more = f" (+{len(ids) - _TOLD})" if len(ids) > _TOLD else ""
            yield say(language, key, ids=", ".join(ids[:_TOLD]) + more)
    for tenant in tenants:
        missing = [one.id for one in tenant.functions if one.charge is None]
        if missing and tenant.penalty:
            yield say(language, "no-charges", tenant=tenant.id, functions=", ".join(missing), month=period.name)
