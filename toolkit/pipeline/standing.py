"""Where a customer stands in the transition, from inventory, deliveries and ledger; and who may pass a gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from toolkit import catalogue, places
from toolkit.catalogue.applicable import deliverables_of
from toolkit.errors import GateWaiting, InventoryInvalid, PlanRefused, Undecided, UsageError
from toolkit.model.inventory import Inventory
from toolkit.model.plan import TRANSITION_GATE, Plan, Step, gate_name
from toolkit.model.run import Passing
from toolkit.model.service import Service
from toolkit.pipeline.workspace import Workspace
from toolkit.run.store import RunRow, StepRow, Store
from toolkit.strict_yaml import line_of
from toolkit.transition.conditions import Known, held
from toolkit.transition.deliveries import FILE, Delivery, read_deliveries
from toolkit.transition.recurring import Recurring, recurring, undue
from toolkit.transition.standing import Standing, standing


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's standing with what it was seen from; ``run`` is the newest real run of a whole plan.

    ``problems`` counts those of the inventory: with any, nothing else of it is known. ``recurring`` is what recurs in the
    current stage, once no gate ends it.
    """

    customer: str
    service: Service
    standing: Standing
    run: RunRow | None
    waiting_for: str | None
    problems: int = 0
    recurring: tuple[Recurring, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody says a gate is passed; ``forced`` is their reason to pass it against its conditions."""

    by: str
    forced: str | None = None


def stand(workspace: Workspace, *, on: dt.date | None = None) -> Stands:
    """Where the customer of a workspace stands, on a day for what recurs.

    InventoryInvalid where not even its service can be read, or ``deliveries.yaml`` is faulty.
    """
    from toolkit.inventory.load import load

    inventory: Inventory | None = None
    problems, undecided = 0, ""
    try:
        inventory = load(workspace.root)
        service, customer = catalogue.service(inventory.service), inventory.customer.id
        undecided = _undecided(inventory)
    except InventoryInvalid as error:
        service, customer = _named(workspace, error)
        problems = sum(1 for one in error.details.get("problems", ()) if one.get("severity") != "warning") or 1
    run, plan, steps = _newest(workspace)
    deliveries = handed_over(workspace, service)
    known = _known(
        service,
        inventory,
        problems=problems,
        undecided=undecided,
        deliveries=deliveries,
        plan=plan,
        steps=steps,
    )
    passings = {} if plan is None else _passings(plan, steps)
    stands = standing(service, known, passings)
    return Stands(
        customer=customer,
        service=service,
        standing=stands,
        run=run,
        waiting_for=_waiting_for(plan, steps) if run is not None and run.state == "waiting" else None,
        problems=problems,
        recurring=()
        if inventory is None
        else _recurring(workspace, service, inventory, deliveries, stands=stands, on=on),
    )


def passings(workspace: Workspace) -> dict[str, Passing]:
    """The gates that were passed, by stage; UsageError and PlanRefused where the newest run's plan cannot be read."""
    _, plan, steps = _newest(workspace)
    return {} if plan is None else _passings(plan, steps)


def _recurring(
    workspace: Workspace,
    service: Service,
    inventory: Inventory,
    deliveries: Mapping[str, Delivery],
    *,
    stands: Standing,
    on: dt.date | None,
) -> tuple[Recurring, ...]:
    """What recurs in the current stage; none while a gate ends it. InventoryInvalid for a period that there is not."""
    from toolkit.agenda.recurring import due_periods

    running = stands.current is not None and not stands.current.stage.gate
    noted = any(one.period is not None for one in deliveries.values())
    if not (noted or running):
        return ()
    due = due_periods(inventory, service)
    place = undue(due, deliveries)
    if place is not None:
        one = tuple(deliveries.values())[place]
        line = line_of(workspace.root / FILE, ("deliveries", place))
        raise InventoryInvalid(
            f"{FILE}:{line}: {one.what}: the commitment has no such period {one.period_name}",
            fix="see its days: onboard calendar PATH",
        )
    if not running or stands.current is None:
        return ()
    stage = stands.current.stage.id
    own = tuple(one for one in deliverables_of(service, inventory) if one.stage == stage)
    return recurring(own, due, deliveries, on=on)


def admitted(
    workspace: Workspace, plan: Plan, inventory: Inventory, *, store: Store, run: str, asked: Mapping[str, Asked]
) -> dict[str, Passing]:
    """The passings of a run: those asked for now, and those of the same gates in earlier runs.

    Raises UsageError for a gate behind one that nobody has passed, GateWaiting (15) where a condition stands against
    it and no reason is given to force it.
    """
    service = catalogue.service(inventory.service)
    steps = store.steps(run)
    reads = {name: found for document in plan.documents for name, found in document.gates.items()}
    before = _passed_before(store, plan, but=run)
    passed = {name: passing for name, passing in before.items() if passing.reads == reads.get(name)} | _done(
        plan, steps
    )
    known = _known(service, inventory, deliveries=handed_over(workspace, service), plan=plan, steps=steps, undecided="")
    by_name = {gate_name(stage.id): stage for stage in service.stages}
    open_before = ""
    for step in plan.steps:
        word = asked.get(step.name)
        if step.action != TRANSITION_GATE:
            if word is not None:
                passed[step.name] = Passing(by=word.by)
            continue
        if word is None:
            open_before = open_before or ("" if step.name in passed else step.name)
            continue
        if open_before:
            raise UsageError(
                f"{step.name} cannot be passed before {open_before}", fix=f"pass {open_before} first, or with it"
            )
        missing = tuple(one for verdict in held(service, by_name[step.name], known) for one in verdict.missing)
        if missing and word.forced is None:
            raise GateWaiting(
                f"{step.name} cannot be passed: {len(missing)} thing(s) missing",
                fix="give what is missing (onboard status), or pass it all the same: --forced REASON",
                details={"missing": [f"{one.what} ({one.owner}): {one.fix}" for one in missing]},
            )
        passed[step.name] = Passing(
            by=word.by,
            forced=word.forced if missing else None,
            unmet=tuple(one.what for one in missing),
            reads=reads[step.name],
        )
    return passed


def _undecided(inventory: Inventory) -> str:
    from toolkit.decide.decisions import decide

    try:
        decide(inventory)
    except Undecided as error:
        return error.message
    return ""


def _named(workspace: Workspace, error: InventoryInvalid) -> tuple[Service, str]:
    """Service and customer of an inventory with problems, as far as they can be read."""
    from toolkit.inventory.files import find_pieces
    from toolkit.inventory.source import Source

    header = Source(find_pieces(workspace.root)).header
    named = header if isinstance(header, dict) else {}
    service = catalogue.services().get(str(named.get("service")))
    if service is None:
        raise error
    customer = named.get("customer")
    return service, str(customer.get("id", "?")) if isinstance(customer, dict) else "?"


def handed_over(workspace: Workspace, service: Service) -> dict[str, Delivery]:
    """What was handed over so far, by id (and period); InventoryInvalid for a faulty ``deliveries.yaml``."""
    return read_deliveries(
        workspace.root / FILE,
        known=[one.id for one in (*service.deliverables, *service.prerequisites)],
        recurring={one.id: one.recurs for one in service.deliverables if one.recurs is not None},
    )


def _newest(workspace: Workspace) -> tuple[RunRow | None, Plan | None, dict[str, StepRow]]:
    from toolkit.plan.folder import read_plan

    if not places.ledger(workspace.root).is_file():
        return None, None, {}
    store = workspace.ledger()
    rows = [row for row in store.runs() if row.bindings.world == "real" and row.stages is None]
    if not rows:
        return None, None, {}
    newest = rows[-1]
    try:
        plan = read_plan(workspace.root / newest.plan_dir)
    except (PlanRefused, UsageError) as error:
        raise type(error)(
            f"the newest run, {newest.id}, is of a plan that cannot be read: {error.message}",
            fix="put the plan's folder back as it was; or plan and apply anew: gates that were passed stay so",
        ) from error
    return newest, plan, store.steps(newest.id)


def _known(
    service: Service,
    inventory: Inventory | None,
    *,
    problems: int = 0,
    undecided: str,
    deliveries: Mapping[str, Delivery],
    plan: Plan | None,
    steps: Mapping[str, StepRow],
) -> Known:
    open_steps: dict[str, tuple[str, ...]] | None = None
    if plan is not None:
        effects = {stage for one in service.stages for stage in one.effects}
        open_steps = {
            stage: tuple(step.name for step in plan.steps if step.stage == stage and not _is_done(step, steps))
            for stage in effects
        }
    return Known(
        inventory=inventory, problems=problems, undecided=undecided, deliveries=deliveries, open_steps=open_steps
    )


def _is_done(step: Step, steps: Mapping[str, StepRow]) -> bool:
    row = steps.get(step.id)
    return row is not None and row.state == "done"


def _passings(plan: Plan, steps: Mapping[str, StepRow]) -> dict[str, Passing]:
    """By stage id, the gates that were passed."""
    return {name.removeprefix(gate_name("")): passing for name, passing in _done(plan, steps).items()}


def _done(plan: Plan, steps: Mapping[str, StepRow]) -> dict[str, Passing]:
    """By step name, the transition's gates that the rows say were passed."""
    found: dict[str, Passing] = {}
    for step in plan.steps:
        row = steps.get(step.id)
        if step.action != TRANSITION_GATE or row is None or row.state != "done" or row.result is None:
            continue
        for fact in row.result.facts:
            found[step.name] = Passing(
                by=fact["passed_by"],
                forced=fact.get("forced"),
                unmet=tuple(fact.get("unmet", ())),
                run=fact.get("passed_in"),
                reads=fact.get("reads"),
            )
    return found


def _passed_before(store: Store, plan: Plan, *, but: str) -> dict[str, Passing]:
    """This plan's gates that were passed in earlier real runs, the newest word last."""
    found: dict[str, Passing] = {}
    for row in store.runs():
        if row.id != but and row.bindings.world == "real" and row.stages is None:
            for name, passing in _done(plan, store.steps(row.id)).items():
                found[name] = passing if passing.run else msgspec.structs.replace(passing, run=row.id)
    return found


def _waiting_for(plan: Plan | None, steps: Mapping[str, StepRow]) -> str | None:
    """The gate at which a waiting run stands."""
    from toolkit.run.executor import in_order

    ordered = in_order(plan.steps) if plan is not None else ()
    return next((step.name for step in ordered if not _is_done(step, steps)), None)
