"""Settles what a dead engine left uncertain, so that there is at most one live object per logical resource."""

from __future__ import annotations

from typing import Any

from toolkit.aws_api import Clients
from toolkit.errors import ProvisionFailed
from toolkit.provision.adapter import Progress, StackEngine
from toolkit.provision.checkpoint import Pending, pending_operations, settle
from toolkit.provision.find import find


def settle_pending(stack: StackEngine, *, clients: Clients, progress: Progress) -> tuple[dict[str, Any], ...]:
    """Look up every uncertain object, adopt it into the state or forget it, then refresh; what was found, for evidence.

    Raises ProvisionFailed when one logical resource has several live objects: nothing is chosen or removed by guess.
    """
    deployment = stack.export()
    pending = pending_operations(deployment)
    if not pending:
        return ()
    found: dict[str, str] = {}
    facts = []
    for one in pending:
        ids = look_up(one, clients) if one.operation == "creating" else []
        if len(ids) > 1:
            raise ProvisionFailed(
                f"{one.urn}: {len(ids)} live objects have its ownership tag: {', '.join(ids)}",
                fix="remove all but one by hand",
                details={"urn": one.urn, "ids": ids},
            )
        if ids:
            found[one.urn] = ids[0]
        outcome = "adopted" if ids else "open"
        progress(
            f"{outcome} {one.type} {one.urn.rpartition('::')[2]} ({one.operation} when the engine died)", urn=one.urn
        )
        facts.append({"resumed": one.urn, "operation": one.operation, "outcome": outcome, "id": found.get(one.urn)})
    stack.replace(settle(deployment, found))
    stack.refresh(progress)
    return tuple(facts)


def look_up(pending: Pending, clients: Clients) -> list[str]:
    """Ids of the live objects that this operation may have made; components and providers live in the engine only."""
    if not pending.type.startswith("aws:"):
        return []
    return find(pending.type, pending.inputs, clients)
