"""What a change costs in tokens (SD-1 §1.11); the time of a customer's incidents (§1.10) and long procedures (§1.6)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from toolkit.model.service import ChangeRules
from toolkit.money.amounts import exactly
from toolkit.money.because import Because
from toolkit.money.rules import commercial_rules, percent
from toolkit.money.table_file import Faults, read_rows

CATALOGUE_OF_CHANGES = "SD-1 §1.11"
INCIDENTS = "SD-1 §1.10"
PROCEDURES = "SD-1 §1.6"

Outcome = Literal["tokens", "quoted", "refused", "operation"]
Cause = Literal["customer", "shared", "procedure"]


class CatalogueChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the provider's catalogue; simple is 1 token, complex more than 1 (SD-1 §1.11)."""

    id: str
    title: str
    tokens: int
    native_service: bool
    standard: bool
    sample: bool = False

    @property
    def complexity(self) -> Literal["simple", "complex"]:
        return "simple" if self.tokens == 1 else "complex"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed. ``tokens`` is None unless the outcome is ``tokens`` (or ``operation``: 0)."""

    outcome: Outcome
    tokens: int | None
    because: tuple[Because, ...]
    warnings: tuple[str, ...] = ()
    sample: bool = False


def read_catalogue(path: Path) -> dict[str, CatalogueChange]:
    """The provider's change catalogue by id; UsageError (2) for no such table, RecordsInvalid (3) for its rows."""
    faults = Faults(section=CATALOGUE_OF_CHANGES)
    columns = ("id", "title", "tokens", "native_service", "standard")
    found: dict[str, CatalogueChange] = {}
    for row in read_rows(path, required=columns, optional=("sample",), faults=faults):
        id_, tokens, title = row.id("id"), row.whole("tokens", least=1), row.text("title")
        if not title:
            row.fault("title", "is missing", "say what the change does")
        if id_ in found:
            row.fault("id", f"{id_} stands twice", "keep one row")
        if id_ is not None and tokens is not None and id_ not in found:
            found[id_] = CatalogueChange(
                id=id_,
                title=title,
                tokens=tokens,
                native_service=row.flag("native_service"),
                standard=row.flag("standard"),
                sample=row.flag("sample"),
            )
    faults.refuse_any(f"{path} is no change catalogue")
    return found


def change_cost(
    change: CatalogueChange | None,
    rules: ChangeRules,
    *,
    out_of_hours: bool = False,
    accelerated: bool = False,
    incident_driven: bool = False,
    accelerated_before: int | None = 0,
    validation: Literal["accepted", "refused", "pending"] = "pending",
) -> Cost:
    """The tokens of one change; ``change`` is None for one outside the catalogue.

    ``rules``: the service's, of the catalogue. ``accelerated_before``: accelerated changes of this service already consumed in its contract year, None when no
    record says it. ``validation`` is the provider's word on an accelerated one.
    """
    if incident_driven:
        said = Because(rule="a change that an incident makes necessary belongs to operation", section=rules.source)
        return Cost(outcome="operation", tokens=0, because=(said,))
    if change is None:
        said = Because(rule="a change outside the catalogue is quoted", section=rules.source)
        slow = ("only standard changes of the catalogue can be accelerated (SD-1 §1.11)",) if accelerated else ()
        return Cost(outcome="quoted", tokens=None, because=(said,), warnings=slow)
    steps = [_base(change, rules)]
    if accelerated:
        refusal = _refusal(change, rules, accelerated_before, validation)
        if refusal is not None:
            return Cost(outcome="refused", tokens=None, because=(*steps, refusal), sample=change.sample)
    factor = (rules.out_of_hours_factor if out_of_hours else 1) * (rules.accelerated_factor if accelerated else 1)
    if out_of_hours:
        steps.append(
            Because(
                rule="outside business hours it costs more",
                section=rules.source,
                arithmetic=f"x {rules.out_of_hours_factor}",
            )
        )
    if accelerated:
        steps.append(_accelerated(accelerated_before, rules))
    tokens = change.tokens * factor
    steps.append(
        Because(
            rule=f"a token is {rules.token_minutes} minutes",
            section=rules.source,
            arithmetic=f"{change.tokens} x {factor} = {tokens} tokens, {tokens * rules.token_minutes} minutes",
        )
    )
    warnings = []
    if out_of_hours and accelerated:
        warnings.append(f"out of hours and accelerated together: {factor} times the tokens (SD-1 §1.11)")
    if accelerated and validation == "pending":
        warnings.append("the provider has to validate an accelerated change, and may refuse it (SD-1 §1.11)")
    if accelerated and accelerated_before is None:
        warnings.append(f"no record says how many of the {rules.accelerated_per_year} accelerated changes are left")
    return Cost(outcome="tokens", tokens=tokens, because=tuple(steps), warnings=tuple(warnings), sample=change.sample)


def incident_cost(minutes: int, rules: ChangeRules, *, cause: Cause) -> Cost:
    """The tokens of time spent: on an incident that the customer caused, whole or in part, or with its ``procedure``.

    ``minutes`` is from 0 on. The source says "by time": a token that is begun counts whole (this project's choice), and
    a procedure that is too long counts from its first minute (another one).
    """
    known = commercial_rules()
    if cause == "procedure" and minutes <= known.procedure_minutes:
        said = Because(
            rule=f"a procedure that takes at most {known.procedure_minutes} minutes belongs to operation",
            section=PROCEDURES,
            arithmetic=f"{minutes} <= {known.procedure_minutes}",
        )
        return Cost(outcome="operation", tokens=0, because=(said,))
    share = minutes * (known.shared_part if cause == "shared" else Fraction(1))
    tokens = -(-share // rules.token_minutes)
    steps = []
    if cause == "shared":
        steps.append(
            Because(
                rule=f"shared responsibility: both sides bear the time spent, {percent(known.shared_part)} % each",
                section=INCIDENTS,
                arithmetic=f"{minutes} x {percent(known.shared_part)}/100 = {exactly(share)} minutes",
            )
        )
    begun = "in tokens by time; a begun token counts whole (choice)"
    if cause == "procedure":
        rule = (
            f"a procedure that takes more than {known.procedure_minutes} minutes is billed, all of it (choice), {begun}"
        )
    else:
        rule = f"an incident that the customer caused is billed {begun}"
    steps.append(
        Because(
            rule=rule,
            section=PROCEDURES if cause == "procedure" else INCIDENTS,
            arithmetic=f"{exactly(share)} / {rules.token_minutes}, rounded up = {tokens} tokens",
        )
    )
    return Cost(outcome="tokens", tokens=int(tokens), because=tuple(steps))


def _base(change: CatalogueChange, rules: ChangeRules) -> Because:
    native = " of a native service" if change.native_service else ""
    return Because(
        rule=f"a {change.complexity} change{native}: {'1 token' if change.tokens == 1 else 'more than 1 token'}",
        section=rules.source,
        inputs={"change": change.id, "catalogue": f"{change.tokens} tokens"},
    )


def _refusal(change: CatalogueChange, rules: ChangeRules, before: int | None, validation: str) -> Because | None:
    if not change.standard:
        return Because(rule="only standard changes can be accelerated", section=rules.source, inputs={"standard": "no"})
    if validation == "refused":
        return Because(rule="the provider validates an accelerated change, and refused it", section=rules.source)
    if before is not None and before >= rules.accelerated_per_year:
        return Because(
            rule=f"at most {rules.accelerated_per_year} accelerated changes per service and contract year",
            section=rules.source,
            inputs={"consumed": str(before)},
        )
    return None


def _accelerated(before: int | None, rules: ChangeRules) -> Because:
    if before is None:
        return Because(
            rule="accelerated it costs more", section=rules.source, arithmetic=f"x {rules.accelerated_factor}"
        )
    return Because(
        rule="accelerated it costs more",
        section=rules.source,
        inputs={"this is number": f"{before + 1} of {rules.accelerated_per_year} in the contract year"},
        arithmetic=f"x {rules.accelerated_factor}",
    )
