"""The priority of an incident by urgency and impact, the largest share that it touches (SD-2 §2)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from toolkit.errors import OnboardError
from toolkit.levels.period import Period
from toolkit.levels.records.kinds import Incident
from toolkit.model.levels import PrioritisedIncident, PriorityReport
from toolkit.model.service import PriorityMatrix, Service


def impact_of(matrix: PriorityMatrix, shares: Iterable[Fraction]) -> str:
    """The impact of the largest of the shares of people, sites and components (0 to 1); none at all is the smallest."""
    largest = max(shares, default=Fraction(0))
    bounds = {id_: (Fraction(bound), True) for id_, bound in matrix.above.items()}
    bounds |= {id_: (Fraction(bound), False) for id_, bound in matrix.at_least.items()}
    for id_, (bound, exclusive) in sorted(bounds.items(), key=lambda one: one[1], reverse=True):
        if largest > bound or (largest == bound and not exclusive):
            return id_
    raise OnboardError(f"the matrix has no impact for the share {largest}", fix="complete its bounds")


def priority_of(matrix: PriorityMatrix, urgency: str, shares: Iterable[Fraction]) -> str:
    """P1 to P4; the urgency is one of the matrix's."""
    return matrix.cells[urgency][impact_of(matrix, shares)]


def prioritised(
    service: Service,
    matrix: PriorityMatrix,
    incidents: Iterable[Incident],
    period: Period,
    *,
    customer: str,
    managed: frozenset[str],
) -> PriorityReport:
    """Each incident of the month with the priority of its urgency and shares beside the one that it was given.

    ``managed`` are the ids of the managed components: where a record does not give the share of them that an incident
    touches, those that it names are counted.
    """
    found: list[PrioritisedIncident] = []
    without: list[str] = []
    for one in incidents:
        if not period.touches(one.opened, one.resolved):
            continue
        named = None if one.share_of_components else len(managed.intersection(one.components))
        shares = (*one.shares, Fraction(named, len(managed))) if named else one.shares
        if one.urgency is None or not shares:
            without.append(one.id)
            continue
        found.append(
            PrioritisedIncident(
                id=one.id,
                urgency=one.urgency,
                impact=impact_of(matrix, shares),
                share=max(shares),
                components_named=named or None,
                priority=priority_of(matrix, one.urgency, shares),
                given=one.priority or None,
            )
        )
    return PriorityReport(
        customer=customer,
        service=service.id,
        description=service.description,
        month=period.name,
        source=matrix.source,
        managed_components=len(managed),
        incidents=tuple(found),
        without_shares=tuple(without),
    )
