"""Management, supervision, windows and assumptions, held against SD-1 §1.2-1.8 and §1.15 over all their facts."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest

from toolkit.decide.decisions import decide
from toolkit.decide.evaluate import evaluator
from toolkit.decide.explain import explain
from toolkit.decide.facts import FACTS, pointers_of
from toolkit.decide.present import decision_lines, decisions_json, explanation_lines
from toolkit.decide.table import load_table, table_names
from toolkit.decide.terms import WINDOWS, ask, assumptions, terms
from toolkit.errors import Undecided
from toolkit.inventory.load import load
from toolkit.model.inventory import BuildInputs, Document, Inventory, TransitionClass

DAY = dt.date(2027, 1, 1)
MODELS = ("no-build", "backend-build", "operations-build", "full-build")
replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def acme() -> Inventory:
    return load(Path(__file__).parents[3] / "examples/acme")


def test_a_shipped_table_asks_for_facts_that_exist() -> None:
    decided = {load_table(name).outcome for name in table_names()} | {"activity", "build_input", "given"}
    for name in table_names():
        assert set(load_table(name).facts) <= {*FACTS, *decided}, name


@pytest.mark.parametrize(("model", "managed"), [*itertools.product(MODELS, ("managed", "co-managed", "resold"))])
def test_who_runs_a_component(model: str, managed: str) -> None:
    said = ask("management", {"build_model": model, "tenant.management": managed}, DAY).outcome
    assert said == ("customer" if model == "no-build" else {"managed": "fully-managed"}.get(managed, managed))


@pytest.mark.parametrize(
    ("model", "kind", "supervised"),
    [*itertools.product(MODELS, ("vm", "native-service", "external-interface"), (True, False))],
)
def test_who_is_supervised(model: str, kind: str, supervised: bool) -> None:
    facts = {"build_model": model, "component.kind": kind, "component.supervised": supervised}
    expected = "supervised" if kind != "external-interface" else "probed"
    assert ask("supervision", facts, DAY).outcome == (expected if supervised and model != "no-build" else "none")


# SD-1 §1.8, row by row; §1.15 for the support tiers.
@pytest.mark.parametrize("environment", ["production", "preproduction", "integration", "development"])
def test_the_windows(environment: str) -> None:
    production = environment == "production"
    expected = {
        "supervision": "24x7",
        "incident-P1": "24x7" if production else "business-hours",
        "incident-P2": "24x7" if production else "business-hours",
        "incident-P3": "business-hours",
        "change": "business-hours",
        "support-L0": "24x7",
        "support-L1": "24x7",
        "support-L2": "24x7-on-call",
        "support-L3": "business-hours",
    }
    activities = load_table("window").domains["activity"].values
    facts = [{"activity": activity, "tenant.environment": environment} for activity in activities]
    assert {one["activity"]: ask("window", one, DAY).outcome for one in facts} == expected
    assert set(expected.values()) <= set(WINDOWS)


def test_every_component_has_its_terms(acme: Inventory) -> None:
    decisions = decide(acme)
    agreed = terms(acme, decisions)
    assert list(agreed) == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
    assert agreed["erp-vm-1"] is agreed["erp-vm-2"]
    shown = decisions_json(decisions, agreed)["decisions"][0]
    assert (shown["management"]["outcome"], shown["supervision"]["outcome"]) == ("fully-managed", "supervised")
    assert shown["windows"]["incident-P1"] == {
        "outcome": "24x7",
        "rule": "WN-002",
        "reason": "incidents P1 and P2 in production are worked on 24\u00d77",
        "source": "SD-1 §1.8",
    }
    text = "\n".join(decision_lines(decisions[0], agreed["erp-db-1"]))
    assert "at any time: supervision [WN-001], incident-P1 [WN-002]" in text


def test_what_is_not_managed_has_no_windows(acme: Inventory) -> None:
    none = replace(
        acme.applications[0].responsibility, infrastructure="customer", operations="customer", backend="none"
    )
    inventory = replace(acme, applications=(replace(acme.applications[0], responsibility=none),))
    agreed = terms(inventory, decide(inventory))["erp-db-1"]
    assert (agreed.management.outcome, agreed.supervision.outcome, agreed.windows) == ("customer", "none", None)


def test_what_is_not_supervised_has_no_hours_of_supervision(acme: Inventory) -> None:
    first, *others = acme.components
    inventory = replace(acme, components=(replace(first, supervised=False), *others))
    decisions = decide(inventory)
    agreed = terms(inventory, decisions)[first.id]
    watched = terms(acme, decisions)[first.id]
    assert agreed.supervision.outcome == "none"
    assert agreed.windows is not None
    assert watched.windows is not None
    assert [*watched.windows] == ["supervision", *agreed.windows]
    assert all(": supervision [" not in line for line in decision_lines(decisions[0], agreed))


def test_a_missing_fact_is_told_with_its_component(acme: Inventory) -> None:
    first, *others = acme.components
    inventory = replace(acme, components=(replace(first, tenant=""), *others))
    with pytest.raises(
        Undecided, match=rf"{first.id}: the decision table management is not evaluated: tenant.management is missing"
    ) as caught:
        terms(inventory, decide(inventory))
    assert caught.value.exit_code == 4
    (told,) = caught.value.details["components"]
    assert (told["component"], told["missing"]) == (first.id, ["tenant.management"])


def test_a_fact_of_the_build_model_that_is_missing_is_told(acme: Inventory) -> None:
    first, *others = acme.components
    own = replace(acme.applications[0].responsibility, backend=None)  # no schema lets this through
    with pytest.raises(Undecided, match=r"not evaluated, responsibility\.backend is missing") as caught:
        decide(replace(acme, components=(replace(first, responsibility=own), *others)))
    assert "bespoke" not in caught.value.message
    assert caught.value.details["components"][0]["missing"] == ["responsibility.backend"]


def test_each_missing_build_input_is_an_assumption(acme: Inventory) -> None:
    acme = replace(acme, build_inputs=None)
    names = list(BuildInputs.__struct_fields__)
    assert [one.build_input for one in assumptions(acme)] == names
    assert all(one.assumption and one.rule for one in assumptions(acme))
    document = Document(reference="DOC-1", date=DAY)
    some = replace(acme, build_inputs=BuildInputs(topology=document, environments=document))
    assert [one.build_input for one in assumptions(some)] == [n for n in names if n not in ("topology", "environments")]
    assert assumptions(replace(acme, components=())) == ()
    assert assumptions(replace(acme, build_inputs=BuildInputs(**dict.fromkeys(names, document)))) == ()


def with_class(inventory: Inventory, model: str, klass: int) -> Inventory:
    party = dict(
        zip(
            ("infrastructure", "operations", "backend"),
            {
                "no-build": ("customer", "customer", "none"),
                "backend-build": ("customer", "customer", "provider"),
                "operations-build": ("customer", "provider", "provider"),
                "full-build": ("provider", "provider", "provider"),
            }[model],
            strict=True,
        )
    )
    chosen = TransitionClass(class_=klass, reason="agreed in SoW 12")
    return replace(
        inventory,
        applications=tuple(
            replace(one, responsibility=replace(one.responsibility, **party)) for one in inventory.applications
        ),
        components=tuple(replace(one, transition_class=chosen) for one in inventory.components),
    )


@pytest.mark.parametrize(("model", "klass"), [*itertools.product(MODELS, (2, 4, 5))])
def test_a_class_is_overridden_only_where_the_document_allows(acme: Inventory, model: str, klass: int) -> None:
    inventory = with_class(acme, model, klass)
    default: Any = evaluator("transition_class", DAY).ask({"build_model": model}).rule
    if model in ("no-build", "backend-build") and klass != default.then:
        with pytest.raises(Undecided, match="may not be overridden"):
            decide(inventory)
        return
    for decision in decide(inventory):
        assert decision.transition_class == klass
        assert decision.class_rule == default.id
        if klass == default.then:
            assert decision.class_override is msgspec.UNSET
        else:
            assert decision.reasons[-1] == f"class {klass} in place of {default.then}: agreed in SoW 12 (SD-1 §1.2)"
            shown = decisions_json((decision,))["decisions"][0]
            assert shown["class_override"] == {"transition_class": klass, "reason": "agreed in SoW 12"}


def test_facts_know_their_places(acme: Inventory) -> None:
    read = pointers_of(acme)
    first = acme.components[0]
    assert read(first)["responsibility.backend"].pointer == "/applications/0/responsibility/backend"
    own = replace(first, responsibility=acme.applications[0].responsibility, supervised=False)
    inventory = replace(acme, components=(own, *acme.components[1:]))
    facts = pointers_of(inventory)(own)
    assert facts["responsibility.backend"].pointer == "/components/0/responsibility/backend"
    assert (facts["component.supervised"].value, facts["component.supervised"].pointer) == (
        False,
        "/components/0/supervised",
    )
    assert read(first)["component.supervised"].pointer is None
    assert set(facts) <= set(FACTS)


def test_an_undecided_component_is_explained_too(acme: Inventory) -> None:
    odd = replace(acme.applications[0].responsibility, backend="none")
    inventory = replace(acme, applications=(replace(acme.applications[0], responsibility=odd),))
    told = explain(inventory, inventory.components[0])
    assert not told.decided
    (table,) = told.tables
    assert (table.state, table.rule) == ("no_match", None)
    reached = {str(one.outcome): [change.fact for change in one.changes] for one in table.would_change}
    assert reached["full-build"] == ["responsibility.backend"]
    assert len(reached["no-build"]) == 2
    text = "\n".join(explanation_lines(told, {}))
    assert "build_model: no rule fits" in text
    assert "would be full-build [BM-004] with responsibility.backend provider, not none" in text
