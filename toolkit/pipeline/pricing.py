"""From an inventory, its decisions and the provider's files to the price of its build and to a month's bill."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import msgspec

from toolkit.decide.decisions import decide
from toolkit.decide.effort import Estimate, estimate, read_efforts
from toolkit.errors import UsageError
from toolkit.inventory.load import load
from toolkit.model.decision import Decision
from toolkit.model.inventory import Inventory
from toolkit.money.bill import Bill, BillRequest, bill
from toolkit.money.build import BuildPart, BuildPrice, build_price
from toolkit.money.indices import read_indices
from toolkit.money.periods import Month, month_of
from toolkit.money.prices import read_prices
from toolkit.money.rates import Contract
from toolkit.money.terms import Terms, read_terms
from toolkit.money.usage import read_usage
from toolkit.pipeline.workspace import Workspace

TERMS = "commercial.yaml"


class BillFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's and the project's files; ``terms`` None: ``commercial.yaml`` of the workspace."""

    prices: Path
    terms: Path | None = None
    usage: Path | None = None
    indices: Path | None = None


def price_build(
    workspace: Workspace, *, prices: Path, effort: Path, terms: Path | None = None, on: dt.date | None = None
) -> BuildPrice:
    """The build of all that the provider runs, at the prices of ``on`` (else of the order, else of the commitment).

    Raises InventoryInvalid (3), Undecided (4) or UsageError (2). Without terms it is invoiced at order and at the end.
    """
    inventory, decisions = _decided(workspace)
    estimated = estimate(inventory, decisions, read_efforts(effort))
    agreed = _terms(workspace, terms, inventory, decisions) or Terms(
        schema="onboarding/commercial/v1", source="none given"
    )
    return build_price(
        _parts(inventory, decisions, estimated),
        read_prices(prices),
        agreed,
        unit=estimated.unit,
        day=on or agreed.ordered or inventory.customer.commitment.start,
        sample=estimated.sample,
    )


def monthly_bill(workspace: Workspace, month: Month, files: BillFiles) -> Bill:
    """The bill of a month. Raises InventoryInvalid (3), Undecided (4) or UsageError (2), as without terms."""
    inventory, decisions = _decided(workspace)
    agreed = _terms(workspace, files.terms, inventory, decisions)
    if agreed is None:
        raise UsageError(
            f"{workspace.shown} has no {TERMS}, which says what was delivered and agreed",
            fix="write it (schemas/samples/commercial.sample.yaml shows the shape), or name it: --terms FILE",
        )
    first = min(
        (day for day in (agreed.delivered, *(lot.delivered for lot in agreed.lots)) if day is not None), default=None
    )
    contract = Contract(
        start=inventory.customer.commitment.start,
        first_bill=month_of(first or inventory.customer.commitment.start),
        indices=None if files.indices is None else read_indices(files.indices),
    )
    return bill(
        BillRequest(
            inventory=inventory,
            managed=_managed(decisions),
            month=month,
            prices=read_prices(files.prices),
            contract=contract,
            terms=agreed,
            usage=None if files.usage is None else read_usage(files.usage, month),
        )
    )


def _decided(workspace: Workspace) -> tuple[Inventory, tuple[Decision, ...]]:
    inventory = load(workspace.root)
    if inventory.service != "managed-applications":
        raise UsageError(
            f"{inventory.service} is not priced here: prices, builds and bills are those of SD-1 §1.12",
            fix="name a workspace of managed-applications",
        )
    return inventory, decide(inventory)


def _managed(decisions: tuple[Decision, ...]) -> frozenset[str]:
    return frozenset(decision.component for decision in decisions if decision.managed)


def _terms(
    workspace: Workspace, named: Path | None, inventory: Inventory, decisions: tuple[Decision, ...]
) -> Terms | None:
    path = named or workspace.root / TERMS
    if named is None and not path.is_file():
        return None
    tenants = frozenset(tenant.id for tenant in inventory.tenants)
    applications = frozenset(one.id for one in inventory.components if one.management_level == "application")
    return read_terms(path, components=_managed(decisions), tenants=tenants, applications=applications)


def _parts(inventory: Inventory, decisions: tuple[Decision, ...], estimated: Estimate) -> tuple[BuildPart, ...]:
    models = {decision.component: decision.build_model for decision in decisions}
    tenants = {component.id: component.tenant for component in inventory.components}
    return tuple(
        BuildPart(
            component=id_,
            build_model=models[id_],
            type=effort.type,
            first=effort.first,
            effort=None if effort.amount is None else Decimal(effort.amount),
            unit=estimated.unit,
            region=inventory.tenant(tenants[id_]).platform.region,
        )
        for id_, effort in estimated.efforts.items()
    )
