"""A month's service levels: figures, credits, and the records that made each (SD-1 §1.10).

Times are whole seconds. Rates, gaps and money (EUR without tax) are exact fractions, ``"2965/2972"`` in JSON; only what is
called ``payable`` is rounded, half up, to the cent. ``records`` are the ids of records.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import msgspec

Side = Literal["availability", "restore"]


class Figure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of the nouns of a report."""


class UnitFigure(Figure, frozen=True, kw_only=True):
    """One service unit: of ``subscribed`` seconds ``interrupted`` ones, of which ``excluded``; rate None: not subscribed.

    ``not_guaranteed`` says why it is left out of its function's mean. ``records`` interrupted it; ``counted``: incidents,
    else outages, of which something is not excluded; ``excluded_by``: exclusions, and incidents that are excused whole.
    """

    id: str
    subscribed: int
    interrupted: int
    excluded: int
    rate: Fraction | None
    not_guaranteed: str | None = None
    records: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()


class FunctionFigure(Figure, frozen=True, kw_only=True):
    """A managed function: rate and gap (points) as measured; the credit follows from ``counted_gap``.

    ``counted_gap`` leaves out the interruptions of incidents that earn restore credit. ``charge`` None: none is given.
    ``reason`` says why a gap earns no credit.
    """

    id: str
    function: str
    units: tuple[UnitFigure, ...]
    guaranteed_percent: Fraction
    rate: Fraction | None
    gap: Fraction | None
    counted_gap: Fraction | None
    credit_percent: Fraction
    charge: Fraction | None
    credit: Fraction
    source: str
    reason: str | None = None


class RestoreFigure(Figure, frozen=True, kw_only=True):
    """An incident whose time to restore counts: seconds of ``window`` from opened to resolved, less excluded ones."""

    id: str
    priority: str
    opened: int
    resolved: int
    window: str
    elapsed: int
    target: int
    late: bool
    priorities: tuple[str, ...] = ()
    """Every priority that it had, with its time, when it was changed."""
    stopped_by: tuple[str, ...] = ()
    """Exclusions that stopped its clock."""


class LeftOut(Figure, frozen=True, kw_only=True):
    """An incident that counts for no restore gap, and why; ``literal``: the literal count has it."""

    id: str
    reason: str
    literal: bool


class LiteralCount(Figure, frozen=True, kw_only=True):
    """The gap over all incidents that were resolved, P4 apart (SD-1 §1.16): for information."""

    resolved: int
    denominator: int
    gap: Fraction
    credit_percent: Fraction
    credit: Fraction


class RestoreGap(Figure, frozen=True, kw_only=True):
    """A tenant's times to restore; ``counted_late`` leaves out what was moved to availability.

    ``in_time_percent`` of the incidents were restored in time, wherever their credit went, against ``promised_percent``;
    both it and ``met`` are None where none was resolved.
    """

    incidents: tuple[RestoreFigure, ...]
    left_out: tuple[LeftOut, ...]
    resolved: int
    late: int
    promised_percent: Fraction
    in_time_percent: Fraction | None
    met: bool | None
    moved_to_availability: tuple[str, ...]
    counted_late: int
    denominator: int
    gap: Fraction
    credit_percent: Fraction
    base: Fraction
    credit: Fraction
    literal: LiteralCount
    source: str
    reason: str | None = None


class Assignment(Figure, frozen=True, kw_only=True):
    """One way to give the shared incidents to the two sides, and what the month's credits would be."""

    restore: tuple[str, ...]
    availability: tuple[str, ...]
    availability_credit: Fraction
    restore_gap: Fraction
    restore_credit: Fraction
    total: Fraction


class Shared(Figure, frozen=True, kw_only=True):
    """Incidents that could earn either credit (SD-1 §1.16); ``compared`` lists every way where there are few.

    ``proven``: no other assignment gives more; False only where very many incidents are entangled.
    """

    candidates: tuple[str, ...] = ()
    chosen: Assignment | None = None
    compared: tuple[Assignment, ...] = ()
    tie: bool = False
    proven: bool = True
    explanation: tuple[str, ...] = ()


class ChangeFigure(Figure, frozen=True, kw_only=True):
    """A change whose completion was notified in the month; ``reason``: why it earns nothing whatever its time."""

    id: str
    kind: str
    requested: int
    notified: int | None
    elapsed: int | None = None
    target: int | None = None
    late: bool = False
    price: Fraction | None = None
    credit: Fraction = Fraction(0)
    reason: str | None = None
    stopped_by: tuple[str, ...] = ()


class Credit(Figure, frozen=True, kw_only=True):
    """A credit before the cap: ``percent`` of ``base``; ``records``, ``rule`` and ``arithmetic`` explain it."""

    id: str
    kind: Literal["availability", "restore", "change"]
    subject: str
    percent: Fraction
    base: Fraction
    amount: Fraction
    source: str
    records: tuple[str, ...]
    rule: str
    arithmetic: tuple[str, ...]


class Claim(Figure, frozen=True, kw_only=True):
    """What a claim of a credit must say (SD-1 §1.10), as plain facts; ``until`` is the last day on which it may be sent."""

    credit: str
    tenant: str
    nature: str
    start: str
    end: str
    resources: tuple[str, ...]
    records: tuple[str, ...]
    amount: Fraction
    subject: str
    until: str


class TenantFigures(Figure, frozen=True, kw_only=True):
    """A managed tenant, a service of its own; ``penalty`` False: figures without credit (not production)."""

    id: str
    environment: str
    support_level: str
    penalty: bool
    functions: tuple[FunctionFigure, ...]
    restore: RestoreGap
    shared: Shared
    changes: tuple[ChangeFigure, ...]
    availability_credit: Fraction
    restore_credit: Fraction
    change_credit: Fraction
    before_cap: Fraction
    service_charge: Fraction
    cap: Fraction | None
    capped: bool
    exact: Fraction
    payable: str
    credits: tuple[Credit, ...] = ()
    sample: bool = False


class LevelsReport(Figure, frozen=True, kw_only=True):
    """All of a customer's month. ``portal``: what belongs to no tenant. ``sample``: a charge of it is no real one.

    ``ignored``: records outside of the month, by kind. ``earns_nothing``: incidents, outages and changes, and why.
    """

    schema: str = "onboarding/levels/v1"
    customer: str
    service: str
    description: str
    month: str
    start: str
    end: str
    zone: str
    seconds: int
    tenants: tuple[TenantFigures, ...]
    portal: tuple[FunctionFigure, ...] = ()
    portal_credits: tuple[Credit, ...] = ()
    claims: tuple[Claim, ...] = ()
    earns_nothing: dict[str, str] = {}
    reasons: dict[str, str] = {}
    """The words of each reason's code that stands in the report."""
    notes: tuple[str, ...] = ()
    ignored: dict[str, int] = {}
    exact: Fraction
    payable: str
    sample: bool = False
    what_if: WhatIf | None = None


class WhatIf(Figure, frozen=True, kw_only=True):
    """What one more incident would cost: where it was put, and the payable credits before and after."""

    asked: str
    incident: str
    component: str
    start: str
    end: str
    before: str
    after: str
    difference: str
    credits: tuple[Credit, ...] = ()


def levels_json(report: Figure) -> Any:
    """A report as plain JSON values; fractions are texts."""
    return msgspec.to_builtins(report, enc_hook=str)


class CaseFigure(Figure, frozen=True, kw_only=True):
    """A case of SD-4: seconds from recorded to first contact (or to the month's end), and the time that is promised.

    ``below``: the target is less than the time, not at most. ``state``: met, late, open or no-target.
    """

    id: str
    severity: str
    elapsed: int
    target: int | None
    below: bool
    state: str


class SeverityFigure(Figure, frozen=True, kw_only=True):
    """How many cases of a severity were recorded, and how many of them were contacted in time."""

    severity: str
    cases: int
    met: int
    late: int
    open: int


class ResponseReport(Figure, frozen=True, kw_only=True):
    """A month's response times (SD-4 §4)."""

    schema: str = "onboarding/response-times/v1"
    customer: str
    service: str
    description: str
    month: str
    tier: str
    source: str
    cases: tuple[CaseFigure, ...]
    severities: tuple[SeverityFigure, ...]
    notes: tuple[str, ...] = ()


class PrioritisedIncident(Figure, frozen=True, kw_only=True):
    """An incident of SD-2: ``priority`` by the matrix; ``given``: the one that its record has.

    ``components_named``: how many managed components it names, where their share was counted; None: the record gives it.
    """

    id: str
    urgency: str
    impact: str
    share: Fraction
    components_named: int | None
    priority: str
    given: str | None


class PriorityReport(Figure, frozen=True, kw_only=True):
    """A month's incidents by the priority matrix (SD-2 §2); the levels themselves are the provider's data."""

    schema: str = "onboarding/priorities/v1"
    customer: str
    service: str
    description: str
    month: str
    source: str
    managed_components: int
    incidents: tuple[PrioritisedIncident, ...]
    without_shares: tuple[str, ...]
    notes: tuple[str, ...] = ()
