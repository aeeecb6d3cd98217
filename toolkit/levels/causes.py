"""Whose doing an incident is, and what the provider does not answer for (SD-1 §1.10); reasons are short codes."""

from __future__ import annotations

from toolkit.levels.records.kinds import Incident
from toolkit.levels.units import Scope

AI_FUNCTION = "computer-vision"
"""The managed function whose third-party software is excluded (SD-1 §1.10)."""


def not_the_providers(incident: Incident, scope: Scope) -> str | None:
    """Why nothing of an incident counts: the customer caused it, or is involved in it on a co-managed tenant.

    A shared cause counts whole, and its clock is not halved: both sides work towards the target.
    """
    if incident.cause == "customer":
        return "customer-caused"
    if scope.co_managed and incident.co_management:
        return "co-management"
    return None


def interruption_excluded(incident: Incident, scope: Scope, function: str) -> str | None:
    """Why an incident's interruption of a unit of ``function`` (the catalogue's id) is excluded; None: it counts."""
    if incident.cause == "vendor-ai" and function == AI_FUNCTION:
        return "vendor-ai"
    return not_the_providers(incident, scope)


def restore_excluded(incident: Incident, scope: Scope, components: tuple[str, ...]) -> str | None:
    """Why an incident's time to restore is not guaranteed, whatever its time; ``components``: those of the tenant."""
    found = not_the_providers(incident, scope)
    if found is not None:
        return found
    if incident.cause == "vendor-ai":
        vision = {unit.id for one in scope.functions if one.function == AI_FUNCTION for unit in one.units}
        if vision.issuperset(components):
            return "vendor-ai"
    return "l3-customer" if scope.co_managed and incident.l3 == "customer" else None
