"""Build model and transition class as functions of a few facts, kept and shared: the part of a decision without a name."""

from __future__ import annotations

import datetime as dt
from functools import cache

import msgspec

from toolkit.decide.evaluate import Answer, evaluator
from toolkit.decide.facts import LAYERS
from toolkit.decide.table import Table, load_table
from toolkit.errors import Undecided
from toolkit.model.decision import Nearest

Layers = tuple[str | None, ...]
"""Who answers for infrastructure, operations, backend, software (``LAYERS``), then what says so, ``component`` or ``application <id>``."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from who answers for each layer; one object for all components of which that is the same.

    ``build_model`` is None where no rule fits or a fact is missing: ``answer`` says which. ``class_overridable``: an
    inventory may put another class in the place of this one, with a reason (SD-1 §1.2).
    """

    answer: Answer
    facts: dict[str, str | None]
    build_model: str | None = None
    transition_class: int | None = None
    managed: bool = False
    rule: str = ""
    class_rule: str = ""
    class_overridable: bool = False
    reasons: tuple[str, ...] = ()
    nearest: Nearest | None = None


class Verdicts(dict[Layers, Verdict]):
    """The verdicts of one day; indexing decides, and the same facts give the same object again.

    Raises Undecided when a table has no rule in force on the day.
    """

    def __init__(self, day: dt.date) -> None:
        super().__init__()
        self.day = day
        for name in ("build_model", "transition_class"):
            require_rules(load_table(name), day)
        self._models, self._classes = evaluator("build_model", day), evaluator("transition_class", day)

    def __missing__(self, key: Layers) -> Verdict:
        *layers, origin = key
        facts = {f"responsibility.{layer}": party for layer, party in zip(LAYERS, layers, strict=True)}
        answer = self._models.ask(facts)
        verdict = Verdict(answer=answer, facts=facts)
        if answer.rule is not None:
            model = str(answer.rule.then)
            klass = self._classes.ask({"build_model": model}).rule
            if klass is not None:
                near = answer.nearest
                verdict = Verdict(
                    answer=answer,
                    facts=facts,
                    build_model=model,
                    transition_class=klass.then if isinstance(klass.then, int) else None,
                    managed=model != "no-build",
                    rule=answer.rule.id,
                    class_rule=klass.id,
                    class_overridable=klass.overridable,
                    reasons=(
                        f"{answer.rule.reason} ({answer.rule.source}; responsibilities of the {origin})",
                        f"{klass.reason} ({klass.source})",
                    ),
                    nearest=None if near is None else Nearest(rule=near.id, failed_on=answer.failed_on),
                )
        self[key] = verdict
        return verdict


@cache
def verdicts(day: dt.date) -> Verdicts:
    """The verdicts of a day, one table of them for the whole process."""
    return Verdicts(day)


def require_rules(table: Table, day: dt.date) -> None:
    """Undecided unless a rule is in force on ``day``: otherwise the day is wrong, not the customer's scope."""
    if any(rule.effective.covers(day) for rule in table.rules):
        return
    spans = sorted({rule.effective.text for rule in table.rules})
    raise Undecided(
        f"no rule of the decision table {table.id} is in force on {day}, the start of the customer's commitment",
        fix=f"correct customer.commitment.start (the table holds {', '.join(spans)}), or add the rules of that day",
        details={"table": table.id, "day": day.isoformat()},
    )
