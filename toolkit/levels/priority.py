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
    service: Service, matrix: PriorityMatrix, incidents: Iterable[Incident], period: Period, *, customer: str
) -> PriorityReport:
    """Each incident of the month with the priority of its urgency and shares beside the one that it was given."""
    own = [one for one in incidents if period.touches(one.opened, one.resolved)]
    found = tuple(
        PrioritisedIncident(
            id=one.id,
            urgency=one.urgency,
            impact=impact_of(matrix, one.shares),
            share=max(one.shares),
            priority=priority_of(matrix, one.urgency, one.shares),
            given=one.priority or None,
        )
        for one in own
        if one.urgency is not None and one.shares
    )
    without = tuple(one.id for one in own if one.urgency is None or not one.shares)
    return PriorityReport(
        customer=customer,
        service=service.id,
        description=service.description,
        month=period.name,
        source=matrix.source,
        incidents=found,
        without_shares=without,
    )
