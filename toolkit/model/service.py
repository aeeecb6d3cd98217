"""A service of the catalogue as typed data: what it promises, needs, delivers and leaves out (SD-1…SD-5).

One file per service, ``toolkit/catalogue/services/<id>/service.yaml``; schemas/service.schema.json says the same in
JSON Schema. Every entry names its section of the service description in ``source``. Figures are exact texts ("98.5").
"""

from __future__ import annotations

from typing import Literal

import msgspec

from toolkit.model.noun import Noun
from toolkit.model.recurrence import Recurs


class Text(Noun, frozen=True, kw_only=True):
    """Words for people, in both languages of documents."""

    en: str
    fr: str

    def of(self, language: str) -> str:
        """The words in ``fr``; English for any other language."""
        return self.fr if language == "fr" else self.en


class Entry(Noun, frozen=True, kw_only=True):
    """Anything that the catalogue lists."""

    id: str
    title: Text
    source: str


class InventoryShape(Noun, frozen=True, kw_only=True):
    """What an inventory of the service holds beside customer and provider: its sections and kinds of component."""

    sections: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Cell(Noun, frozen=True, kw_only=True):
    """A cell of a table: words (``en`` and ``fr``), or a figure that stands elsewhere in the service.

    ``figure`` is the way to it: ``limits/term``, ``changes/token_minutes``; ``unit`` where the figure has none of its own.
    """

    en: str | None = None
    fr: str | None = None
    figure: str | None = None
    unit: str = ""


class Row(Noun, frozen=True, kw_only=True):
    """A line of a table that is read by people: ``cells`` by column id; the columns' titles stand in the table."""

    id: str
    cells: dict[str, Cell]


class Table(Entry, frozen=True, kw_only=True):
    """A table or list of the service description that no figure is computed from (levels included, who does what)."""

    columns: dict[str, Text]
    rows: tuple[Row, ...]


class Offering(Entry, frozen=True, kw_only=True):
    """What is offered (a management level of SD-1); ``covers`` says what belongs to it."""

    covers: Text | None = None


class Option(Entry, frozen=True, kw_only=True):
    """What may be bought beside the service; ``only_with`` names options, offerings or tiers one of which it needs."""

    condition: Text | None = None
    only_with: tuple[str, ...] = ()


class Tier(Entry, frozen=True, kw_only=True):
    """A level of the service; ``includes`` are ids of lower tiers whose content it has too."""

    includes: tuple[str, ...] = ()
    contents: tuple[Text, ...] = ()


class OpeningHours(Noun, frozen=True, kw_only=True):
    """A window: always, or ``from`` to ``to`` (local times of ``zone``) on ``days`` but public holidays of ``country``.

    One without hours is the provider's to define: its id stands in ``provider_data``.
    """

    id: str
    title: Text
    source: str
    always: bool = False
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    country: str | None = None
    zone: str = "Europe/Paris"


class Hours(Noun, frozen=True, kw_only=True):
    """In which window an activity is done; empty ``environments`` or ``priorities``: whatever they are."""

    activity: str
    window: str
    source: str
    environments: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()


class Priority(Entry, frozen=True, kw_only=True):
    """A priority or severity of incidents, its criterion as title; ``committed`` is False where nothing is promised."""

    name: Text | None = None
    committed: bool = True


class PriorityMatrix(Noun, frozen=True, kw_only=True):
    """The priority by urgency and impact: ``cells[urgency][impact]``; impacts stand from the largest to the smallest.

    ``above`` and ``at_least`` are lower bounds of an impact's share (fractions: ``3/4``), exclusive and inclusive.
    """

    source: str
    urgencies: dict[str, Text]
    meanings: dict[str, Text] = {}
    """What each urgency means."""
    impacts: dict[str, Text]
    above: dict[str, str] = {}
    at_least: dict[str, str] = {}
    cells: dict[str, dict[str, str]]


class CreditStep(Noun, frozen=True, kw_only=True):
    """A credit of ``percent`` where the gap lies in (``above``, ``up_to``]; None: without upper bound."""

    above: str
    up_to: str | None
    percent: str


class Guarantee(Noun, frozen=True, kw_only=True):
    """Availability in percent; ``functions`` empty: every function that no other guarantee names."""

    percent: str
    levels: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


class Availability(Noun, frozen=True, kw_only=True):
    """Guaranteed per managed function and calendar month; the gap is in points."""

    source: str
    guarantees: tuple[Guarantee, ...]
    scale: tuple[CreditStep, ...]


class Target(Noun, frozen=True, kw_only=True):
    """A time that is promised, in hours or business days of the window of ``of`` (a priority or kind of change)."""

    of: str
    level: str
    hours: int | None = None
    business_days: int | None = None
    minutes: int | None = None
    below: bool = False
    """True: less than the time; False: at most."""
    window: str | None = None
    """A window that counts in the place of the activity's own."""


class Restore(Noun, frozen=True, kw_only=True):
    """Times to restore; the gap is late incidents by ``max(resolved, at_least)``, in percent."""

    source: str
    met_percent: str
    at_least: int
    targets: tuple[Target, ...]
    scale: tuple[CreditStep, ...]


class ChangeTimes(Noun, frozen=True, kw_only=True):
    """Times to change; a late one earns ``late_percent`` of its price."""

    source: str
    late_percent: str
    targets: tuple[Target, ...]


class Response(Noun, frozen=True, kw_only=True):
    """Times to the first contact of an engineer, by severity and tier."""

    source: str
    targets: tuple[Target, ...]


class Claim(Noun, frozen=True, kw_only=True):
    """How a credit is asked for."""

    source: str
    within_days: int
    answered_within_days: int
    subject: str
    states: tuple[Text, ...]


class ManagedFunction(Entry, frozen=True, kw_only=True):
    """What availability is measured for: ``units`` one by one or all together; ``kinds`` or ``levels`` belong to it.

    ``counts``: its units are ``components`` (those of ``kinds``; of ``levels`` those that carry none of such a kind), the
    ``applications`` of components at ``levels``, the ``backups`` of components, or the ``service`` itself, which belongs
    to no tenant.
    """

    units: Literal["each", "together"]
    counts: Literal["components", "applications", "backups", "service"] = "components"
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


class ServiceLevels(Noun, frozen=True, kw_only=True):
    """What is promised in figures; None where the service description promises nothing of the sort."""

    functions: tuple[ManagedFunction, ...] = ()
    availability: Availability | None = None
    restore: Restore | None = None
    change: ChangeTimes | None = None
    response: Response | None = None
    monthly_cap_percent: str | None = None
    cap_source: str | None = None
    claim: Claim | None = None


class Prerequisite(Entry, frozen=True, kw_only=True):
    """What ``owner`` gives before the gate of ``stage``; ``tiers`` empty: whatever the tier.

    ``section`` names the part of the inventory that answers it (``build_inputs/topology``; ``customer/contacts/<role>``: the
    contacts with that role), else ``prerequisites/<id>``.
    """

    owner: str
    stage: str
    section: str | None = None
    each_has: tuple[Literal["phone"], ...] = ()
    """What each contact of ``section`` has beside name and e-mail."""
    ensured: bool = False
    """True: the owner sees to it; False: the owner hands it over."""
    tiers: tuple[str, ...] = ()


class Due(Noun, frozen=True, kw_only=True):
    """When something is due: ``days`` or ``hours`` after (negative: before) an anchor's day or instant."""

    after: str
    """commitment-start, stage-start, agenda-final, session-end, event-start, month-end, claim …"""
    days: int | None = None
    hours: int | None = None
    source: str


class Deliverable(Entry, frozen=True, kw_only=True):
    """What ``owner`` delivers in ``stage``; ``document`` is the template that writes it, None: made by people.

    ``reviewer`` accepts it; ``tiers`` and ``options`` empty: always, else only with one of them. With a ``condition`` it
    is delivered only where that holds: no gate waits for it.
    """

    owner: str
    stage: str
    document: str | None = None
    due: Due | None = None
    reviewer: str | None = None
    condition: Text | None = None
    recurs: Recurs | None = None
    tiers: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class Condition(Noun, frozen=True, kw_only=True):
    """What must hold at a gate.

    ``kind``: ``prerequisites`` (all of the stage are given), ``deliverables`` (all of the stage are delivered), ``valid``
    (the inventory has no problem), ``decided`` (every component is), ``steps`` (the plan's effects of the stages that
    ``of`` names are done), ``attested`` (the person who passes the gate answers for it). For prerequisites and
    deliverables ``of`` names stages of the service whose they are; empty: the condition's own.
    """

    id: str
    kind: Literal["prerequisites", "deliverables", "valid", "decided", "steps", "attested"]
    text: Text
    source: str
    of: tuple[str, ...] = ()


class Stage(Entry, frozen=True, kw_only=True):
    """A stage of the transition; ``owner`` passes its gate, when the conditions of ``exit`` hold.

    ``gate`` is False for a stage that no gate ends within an onboarding (the run, the exit). ``effects`` names the
    stages of a plan (provision, configure …) that are carried out in it.
    """

    owner: str
    entry: tuple[Condition, ...] = ()
    exit: tuple[Condition, ...] = ()
    gate: bool = True
    effects: tuple[str, ...] = ()


class Limit(Entry, frozen=True, kw_only=True):
    """A figure that binds; ``value`` is an exact number, ``unit`` its unit (empty for a count)."""

    value: str
    unit: str = ""
    bound: Literal["exactly", "at most", "at least", "within", "more than", "about"] = "exactly"


class Exclusion(Entry, frozen=True, kw_only=True):
    """What is not part of the service; ``unless_quoted``: it can be bought by a quote of its own."""

    unless_quoted: bool = False


class Choice(Entry, frozen=True, kw_only=True):
    """A choice made where the service description is open (SD-1 §1.16)."""


class ChangeRules(Noun, frozen=True, kw_only=True):
    """How a change is counted in tokens; the tokens of each change are the provider's data."""

    source: str
    token_minutes: int
    simple_tokens: int
    out_of_hours_factor: int
    accelerated_factor: int
    accelerated_per_year: int


class Service(Noun, frozen=True, kw_only=True):
    """One service of the catalogue; ``description`` is the row of the service description (``SD-1``)."""

    schema: Literal["onboarding/service/v1"]
    id: str
    description: str
    title: Text
    summary: Text
    source: str
    parties: dict[str, Text]
    inventory: InventoryShape
    offerings: tuple[Offering, ...] = ()
    options: tuple[Option, ...] = ()
    products: tuple[Entry, ...] = ()
    tiers: tuple[Tier, ...] = ()
    environments: tuple[Entry, ...] = ()
    windows: tuple[OpeningHours, ...] = ()
    hours: tuple[Hours, ...] = ()
    priorities: tuple[Priority, ...] = ()
    priority_matrix: PriorityMatrix | None = None
    levels: ServiceLevels = ServiceLevels()
    changes: ChangeRules | None = None
    prerequisites: tuple[Prerequisite, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    stages: tuple[Stage, ...] = ()
    limits: tuple[Limit, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    choices: tuple[Choice, ...] = ()
    tables: tuple[Table, ...] = ()
    provider_data: tuple[Entry, ...] = ()
    """What the service description leaves to the provider: prices, token costs, the RACI matrix."""
