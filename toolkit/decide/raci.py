"""Who does what: a RACI matrix with exactly one accountable per activity in every situation (SD-1 §1.6), checked.

The matrix is data of the project or the provider; the document has none, so nothing is said without a file.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit.decide.cells import Cell, Domain, Scalar
from toolkit.decide.evaluate import Evaluator
from toolkit.decide.lint import lint
from toolkit.decide.provider_data import read_provider_file
from toolkit.decide.table import Effective, Rule, Table, load_table, table_faults
from toolkit.decide.terms import Terms
from toolkit.errors import UsageError
from toolkit.model.decision import Decision

SITUATION = ("build_model", "management")
"""What a row may ask for: the build model, and who runs the component (table ``management``)."""


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has which part in an activity, in the situations of ``when``."""

    when: dict[str, Cell]
    responsible: tuple[str, ...]
    accountable: tuple[str, ...]
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


class Activity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    shares: tuple[Share, ...]


class Matrix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A RACI matrix (schemas/raci.schema.json); ``sample``: nobody's own, only the shape."""

    schema: Literal["onboarding/raci/v1"]
    source: str
    parties: tuple[str, ...]
    activities: tuple[Activity, ...]
    sample: bool = False


def read_matrix(path: Path) -> Matrix:
    """The matrix in a file; UsageError, with every fault, unless each activity has exactly one accountable everywhere."""
    matrix = read_provider_file(path, Matrix)
    faults = matrix_faults(matrix)
    if faults:
        raise UsageError(
            f"{path}: {'; '.join(faults)}",
            fix="give each activity exactly one accountable party in every situation",
            details={"faults": faults},
        )
    return matrix


def matrix_faults(matrix: Matrix) -> list[str]:
    """What is wrong with a matrix: two accountables, none, nobody responsible, unknown parties."""
    ids = [activity.id for activity in matrix.activities]
    faults = [f"{id_} occurs twice" for id_ in sorted(set(ids)) if ids.count(id_) > 1]
    for activity in matrix.activities:
        for number, share in enumerate(activity.shares, 1):
            where = f"{activity.id}, share {number}"
            if len(share.accountable) != 1:
                faults.append(f"{where}: {len(share.accountable)} accountable parties, not one")
            if not share.responsible:
                faults.append(f"{where}: nobody is responsible")
            named = {*share.responsible, *share.accountable, *share.consulted, *share.informed}
            faults += [f"{where}: unknown party {party}" for party in sorted(named - set(matrix.parties))]
        faults += _situations(activity)
    return faults


def raci(matrix: Matrix, decisions: tuple[Decision, ...], agreed: dict[str, Terms]) -> list[dict[str, Any]]:
    """Each situation that occurs, with its components and who does what in it."""
    components: dict[tuple[str, Any], list[str]] = {}
    for decision in decisions:
        situation = (decision.build_model, agreed[decision.component].management.outcome)
        components.setdefault(situation, []).append(decision.component)
    tables = [(activity, Evaluator(_table(activity), dt.date.max)) for activity in matrix.activities]
    found = []
    for situation, ids in sorted(components.items(), key=str):
        shares = []
        for activity, evaluator in tables:
            rule = evaluator.ask(dict(zip(SITUATION, situation, strict=True))).rule
            assert rule is not None, "the matrix was checked for gaps"
            share = activity.shares[int(str(rule.then))]
            named = {part: list(getattr(share, part)) for part in ("responsible", "consulted", "informed")}
            shares.append(
                {"activity": activity.id, "title": activity.title, "accountable": share.accountable[0], **named}
            )
        found.append({**dict(zip(SITUATION, situation, strict=True)), "components": ids, "activities": shares})
    return found


def _situations(activity: Activity) -> list[str]:
    if not activity.shares:
        return [f"{activity.id}: nobody is accountable"]
    table = _table(activity)
    unusable = table_faults(table)
    if unusable:
        return [f"{activity.id}: {fault}" for fault in unusable]
    words = {"overlap": "two are accountable", "gap": "nobody is accountable", "unreachable": "a share never holds"}
    return [f"{activity.id}: {words[finding.kind]}: {finding.region}" for finding in lint(table).findings]


def _table(activity: Activity) -> Table:
    """The activity as a decision table over the situations, so that the same proof holds for it."""
    always = Effective(from_=dt.date.min, until=None)
    managements = tuple(str(rule.then) for rule in load_table("management").rules)
    facts: dict[str, tuple[Scalar, ...] | Domain] = {
        "build_model": load_table("management").domains["build_model"].values,
        "management": tuple(dict.fromkeys(managements)),
    }
    return Table(
        schema="onboarding/decision-table/v1",
        id=activity.id,
        title=activity.title,
        version=1,
        hit_policy="UNIQUE",
        source="SD-1 §1.6",
        facts=facts,
        outcome="share",
        rules=tuple(
            Rule(
                id=f"share {number}",
                version=1,
                owner="provider",
                effective=always,
                rationale=activity.title,
                source="SD-1 §1.6",
                when=share.when,
                then=number - 1,
                reason=activity.title,
            )
            for number, share in enumerate(activity.shares, 1)
        ),
    )
