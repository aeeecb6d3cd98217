"""The monthly bill of a customer (SD-1 §1.12), excluding tax: every line with its arithmetic, nothing assumed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import msgspec

from toolkit.model.inventory import Inventory, Tenant
from toolkit.money.amounts import cents, euros, exactly
from toolkit.money.because import Because
from toolkit.money.bill_lines import Line, RateOf, Recurring, counted_line, recurring_lines, title_of
from toolkit.money.pack_prices import token_lines
from toolkit.money.packs import pack_month
from toolkit.money.periods import Month, billed_days, commitment_months, contract_year
from toolkit.money.prices import PriceList, refuse_unpriced
from toolkit.money.rates import Contract, Rate, Rates
from toolkit.money.support import support_item, tickets_of
from toolkit.money.terms import Charge, Terms
from toolkit.money.units import Unit, Units, billed_units
from toolkit.money.usage import Usage
from toolkit.money.vendor import passed_through

SECTION = "SD-1 §1.12"


class BillRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``managed``: ids of the components that the provider runs. ``usage`` None: no records were given."""

    inventory: Inventory
    managed: frozenset[str]
    month: Month
    prices: PriceList
    contract: Contract
    terms: Terms
    usage: Usage | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """``subtotal`` is the sum of the lines before the minimum, ``floor`` the minimum of this month; euros without tax."""

    customer: str
    month: str
    lines: tuple[Line, ...]
    subtotal: Decimal
    floor: Decimal
    total: Decimal
    notes: tuple[str, ...]
    sample: bool


def bill(request: BillRequest) -> Bill:
    """The bill; raises RecordsInvalid (3) that names every price that the list lacks."""
    units = billed_units(request.inventory, request.terms, managed=request.managed)
    begun = [unit.since for unit in units.units if unit.since <= request.month.last]
    rates = Rates(request.prices, request.contract)
    lines: list[Line] = []
    for entry in _recurring(request, units, min(begun, default=None)):
        lines += recurring_lines(entry, request.month, _rate_of(rates, entry.item, entry.region))
    lines += _charges(request, rates)
    running = _running(request, units)
    lines += _counted(request, rates, running)
    subtotal = sum((line.amount for line in lines), Decimal(0))
    minimum = _minimum(request, rates, subtotal, since=min(begun, default=None))
    refuse_unpriced(request.prices, rates.missing)
    floor, extra = minimum
    every = (*lines, *extra)
    sampled = request.terms.sample or (request.usage is not None and request.usage.sample)
    return Bill(
        customer=request.inventory.customer.id,
        month=request.month.text,
        lines=every,
        subtotal=subtotal,
        floor=floor,
        total=sum((line.amount for line in every), Decimal(0)),
        notes=_notes(request, units),
        sample=sampled or any(line.sample for line in every),
    )


def _recurring(request: BillRequest, units: Units, first: dt.date | None) -> list[Recurring]:
    """Access fee, units in the order of the inventory, support of each tenant; the same ones on one line."""
    if first is None:
        return []
    terms, month = request.terms, request.month
    said = Because(rule="the access fee, with the run: from the first delivery", section=SECTION)
    found = [
        Recurring(item="access-fee", quantity=1, region=terms.region, since=first, until=terms.ends, because=(said,))
    ]
    together: dict[tuple[str, str, dt.date, str], list[Unit]] = {}
    for unit in units.units:
        together.setdefault((unit.item, unit.region, unit.since, unit.because.rule), []).append(unit)
    said = Because(rule="the run is billed from delivery, of all or of a lot", section=SECTION)
    for (item, region, since, _), some in together.items():
        found.append(
            Recurring(
                item=item,
                quantity=sum(unit.quantity for unit in some),
                region=region,
                since=since,
                until=terms.ends,
                of=tuple(unit.component for unit in some),
                because=(some[0].because, said),
            )
        )
    said = Because(rule="support: level, chain and included tickets, by environment", section=SECTION)
    tenants = {component.id: component.tenant for component in request.inventory.components}
    begun: dict[str, dt.date] = {}
    for unit in units.units:
        tenant_id = tenants[unit.component]
        begun[tenant_id] = min(begun.get(tenant_id, unit.since), unit.since)
    found += [
        Recurring(
            item=support_item(tenant, terms, month),
            quantity=1,
            region=tenant.platform.region,
            since=begun[tenant.id],
            until=terms.ends,
            of=(tenant.id,),
            because=(said,),
        )
        for tenant in _running(request, units)
    ]
    return found


def _running(request: BillRequest, units: Units) -> tuple[Tenant, ...]:
    """Tenants with something delivered by the end of the month, and not ended before it."""
    ends = request.terms.ends
    if ends is not None and ends < request.month.first:
        return ()
    delivered = {unit.component for unit in units.units if unit.since <= request.month.last}
    named = {component.tenant for component in request.inventory.components if component.id in delivered}
    return tuple(tenant for tenant in request.inventory.tenants if tenant.id in named)


def _charges(request: BillRequest, rates: Rates) -> list[Line]:
    regions = {tenant.id: tenant.platform.region for tenant in request.inventory.tenants}
    lines: list[Line] = []
    for charge in request.terms.charges:
        region = request.terms.region if charge.tenant is None else regions[charge.tenant]
        iaas = charge.item.startswith("iaas/")
        rule = "the tenant's IaaS is billed from its commissioning" if iaas else "billed from the day that was agreed"
        ends = [day for day in (charge.until, request.terms.ends) if day is not None]
        entry = Recurring(
            item=charge.item,
            quantity=charge.quantity,
            region=region,
            since=charge.since,
            until=min(ends, default=None),
            of=() if charge.tenant is None else (charge.tenant,),
            because=(Because(rule=rule, section=SECTION),),
        )
        lines += recurring_lines(entry, request.month, _risen(_rate_of(rates, charge.item, region), charge))
    return lines


def _rate_of(rates: Rates, item: str, region: str) -> RateOf:
    return lambda day: rates.at(item, region=region, day=day)


def _risen(rate_of: RateOf, charge: Charge) -> RateOf:
    def risen(day: dt.date) -> Rate | None:
        rate = rate_of(day)
        if rate is None:
            return None
        eur, steps = passed_through(rate.eur, charge.increases, day=day)
        return Rate(eur=eur, sample=rate.sample, because=(*rate.because, *steps))

    return risen


def _counted(request: BillRequest, rates: Rates, running: tuple[Tenant, ...]) -> list[Line]:
    terms, month, usage = request.terms, request.month, request.usage or Usage()
    lines: list[Line] = []

    def count(item: str, quantity: Fraction | int, *because: Because) -> None:
        rate = rates.at(item, region=terms.region, day=month.last) if quantity else None
        if rate is not None:
            lines.append(counted_line(item, Fraction(quantity), rate, region=terms.region, because=because))

    if running:
        tickets = tickets_of(usage.tickets, running, terms, month)
        count(f"ticket/{tickets.tariff}", tickets.overage, tickets.because)
    count("sre", usage.sre_hours, Because(rule="SRE by time", section=SECTION))
    count("restore", usage.restores, Because(rule="a restore is asked for as a change", section="SD-1 §1.7"))
    commitment = request.inventory.customer.commitment
    first, last = commitment_months(commitment.start, commitment.months)
    size = terms.token_pack or 0
    if not first <= month <= last:
        size = 0
    pack = pack_month(month, size=size, used=usage.tokens)
    lines += token_lines(pack, rates, region=terms.region)
    return lines


def _minimum(
    request: BillRequest, rates: Rates, subtotal: Decimal, *, since: dt.date | None
) -> tuple[Decimal, tuple[Line, ...]]:
    """The month's minimum, by the days from the first delivery (this project's choice), and the line it makes."""
    terms, month = request.terms, request.month
    days = 0 if since is None else billed_days(month, since=since, until=terms.ends)
    rate = rates.at("minimum", region=terms.region, day=month.last) if days else None
    if rate is None:
        return Decimal(0), ()
    floor = cents(rate.eur * Fraction(days, month.days))
    amount = floor if terms.minimum == "added" else max(Decimal(0), floor - subtotal)
    if not amount:
        return floor, ()
    part = "" if days == month.days else f" x {days}/{month.days}"
    if terms.minimum == "added":
        step = Because(rule="the minimum monthly bill is added, as agreed", section=SECTION)
    else:
        step = Because(
            rule="the bill is raised to the minimum monthly bill",
            section=SECTION,
            arithmetic=f"{euros(floor)} - {euros(subtotal)} = {euros(amount)} EUR",
        )
    whole = Because(
        rule="minimum monthly bill, by the days from the first delivery (choice)",
        section=SECTION,
        arithmetic=f"{exactly(rate.eur)}{part} = {euros(floor)} EUR",
    )
    line = Line(
        item="minimum",
        title=title_of("minimum"),
        of=(),
        region=terms.region,
        quantity="1",
        unit="month",
        price=exactly(rate.eur),
        days=f"{days}/{month.days}",
        amount=amount,
        because=(*rate.because, whole, step),
        sample=rate.sample,
    )
    return floor, (line,)


def _notes(request: BillRequest, units: Units) -> tuple[str, ...]:
    found: list[str] = []
    if units.undelivered:
        found.append(f"not delivered, so not billed: {', '.join(units.undelivered)}")
    ends = request.terms.ends
    if ends is not None and ends < request.month.first:
        found.append(f"the service ended on {ends}: no run is billed")
    elif all(unit.since > request.month.last for unit in units.units):
        found.append(f"nothing was delivered by {request.month.last}: no run is billed")
    if request.usage is None:
        found.append(
            "no usage was given: tickets above the included ones, SRE time, tokens and restores are not billed"
        )
    if request.contract.indices is None and contract_year(request.month.last, request.contract.start) > 1:
        found.append("no indices were given: the list's prices count, without the yearly revision")
    return tuple(found)
