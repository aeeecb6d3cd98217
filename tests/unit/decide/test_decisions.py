"""Build models and transition classes of SD-1 §1.1-1.2, over the complete fact space."""

import datetime as dt
import itertools
from pathlib import Path

import msgspec
import pytest
import yaml

from toolkit.decide.decisions import decide
from toolkit.decide.present import decisions_json
from toolkit.errors import Undecided
from toolkit.model.inventory import Inventory, Responsibility

ACME = Path(__file__).parents[3] / "examples/acme/inventory.yaml"
SPACE = list(
    itertools.product(
        ("customer", "provider"), ("customer", "provider"), ("customer", "provider", "none"), ("customer", "provider")
    )
)

# SD-1 §1.1 row by row, and §1.2: infrastructure, operations, backend, software → build model, class.
EXPECTED = {
    ("customer", "customer", "none", "customer"): ("no-build", None),
    ("customer", "customer", "provider", "customer"): ("backend-build", 2),
    ("customer", "provider", "provider", "customer"): ("operations-build", 4),
    ("provider", "provider", "provider", "customer"): ("full-build", 5),
}


@pytest.fixture(scope="module")
def acme() -> Inventory:
    return msgspec.convert(yaml.safe_load(ACME.read_text()), Inventory)


def with_responsibility(inventory: Inventory, values: tuple[str, ...], *, on: str) -> Inventory:
    responsibility = Responsibility(
        **dict(zip(("infrastructure", "operations", "backend", "software"), values, strict=True))
    )
    replace = msgspec.structs.replace
    if on == "application":
        (application,) = inventory.applications
        return replace(inventory, applications=(replace(application, responsibility=responsibility),))
    return replace(
        inventory, components=tuple(replace(one, responsibility=responsibility) for one in inventory.components)
    )


@pytest.mark.parametrize("on", ["application", "component"])
@pytest.mark.parametrize("values", SPACE, ids="-".join)
def test_the_whole_fact_space(acme: Inventory, values: tuple[str, ...], on: str):
    inventory = with_responsibility(acme, values, on=on)
    if values not in EXPECTED:
        with pytest.raises(Undecided, match="bespoke scope of work") as caught:
            decide(inventory)
        assert caught.value.exit_code == 4
        for component in inventory.components:
            assert component.id in caught.value.message
        assert [one["component"] for one in caught.value.details["components"]] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
        assert all(one["nearest"]["failed_on"] for one in caught.value.details["components"])
        return
    for decision in decide(inventory):
        assert (decision.build_model, decision.transition_class) == EXPECTED[values]
        assert decision.managed == (decision.build_model != "no-build")
        assert decision.facts["responsibility.backend"] == values[2]
        assert len(decision.reasons) == 2
        assert decision.nearest is not None
        assert decision.nearest.rule != decision.rule


def test_every_misfit_is_named_and_only_the_misfits(acme: Inventory):
    replace = msgspec.structs.replace
    odd = Responsibility(infrastructure="provider", operations="customer", backend="provider", software="provider")
    first, second, third = acme.components
    inventory = replace(
        acme, components=(replace(first, responsibility=odd), second, replace(third, responsibility=odd))
    )
    with pytest.raises(Undecided) as caught:
        decide(inventory)
    assert first.id in caught.value.message
    assert third.id in caught.value.message
    assert second.id not in caught.value.message


def test_a_day_before_every_rule_is_no_matter_of_scope(acme: Inventory):
    replace = msgspec.structs.replace
    early = replace(acme.customer.commitment, start=dt.date(2019, 6, 1))
    with pytest.raises(Undecided, match=r"build_model is in force on 2019-06-01") as caught:
        decide(replace(acme, customer=replace(acme.customer, commitment=early)))
    assert "bespoke" not in caught.value.message
    assert "from 2020-01-01 on" in caught.value.fix
    assert caught.value.details == {"table": "build_model", "day": "2019-06-01"}


def test_the_json_form(acme: Inventory):
    shown = decisions_json(decide(acme))
    assert shown["schema"] == "onboarding/decisions/v1"
    first = shown["decisions"][0]
    assert first["component"] == "erp-db-1"
    assert (first["build_model"], first["transition_class"], first["rule"]) == ("full-build", 5, "BM-004")
    assert first["nearest"] == {
        "rule": "BM-003",
        "failed_on": "responsibility.infrastructure is provider, not customer",
    }
    assert "effort" not in first
