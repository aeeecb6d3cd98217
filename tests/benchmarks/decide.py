"""Decisions with explanation a second on one core, beside a plain evaluator: python -m tests.benchmarks.decide [N]

Both decide the same N components (400,000 unless said) with the same outcome, or this fails. The plain one judges
every rule of both tables for every component, in the way in which a file has them.
"""

from __future__ import annotations

import gc
import itertools
import random
import sys
import time
from typing import Any

import msgspec

from tests.unit.decide.random_tables import naive_matches, plain_rules
from toolkit.decide.decisions import decide
from toolkit.decide.facts import LAYERS
from toolkit.decide.table import load_table
from toolkit.decide.terms import terms
from toolkit.decide.verdicts import verdicts
from toolkit.inventory.load import load
from toolkit.model.inventory import Inventory, Responsibility

GOAL = 400_000


def main() -> None:
    """Print rates, the ratio, and whether the goal is reached."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    inventory = inventory_of(count)
    gc.disable()
    began = time.perf_counter()
    decisions = decide(inventory)
    ours = count / (time.perf_counter() - began)
    began = time.perf_counter()
    agreed = terms(inventory, decisions)
    further = count / (time.perf_counter() - began)
    keys = [(*layers(one.responsibility), "component") for one in inventory.components if one.responsibility]
    known = verdicts(inventory.customer.commitment.start)
    began = time.perf_counter()
    explained = list(map(known.__getitem__, keys))
    shared = len(keys) / (time.perf_counter() - began)
    sample = decisions[: max(1, count // 40)]
    began = time.perf_counter()
    plainly = [naive(decision.facts, inventory.customer.commitment.start) for decision in sample]
    naively = len(sample) / (time.perf_counter() - began)
    assert plainly == [(one.build_model, one.transition_class, one.rule, one.class_rule) for one in sample]
    assert len(agreed) == count
    assert all(verdict.build_model for verdict in explained)
    print(f"decide(), a decision for each of {count} components: {ours:,.0f} a second")
    print(f"terms(), management, supervision and windows of each: {further:,.0f} a second")
    print(f"explanations alone, shared: {shared:,.0f} a second")
    print(f"plain evaluator: {naively:,.0f} a second; decide() is {ours / naively:.0f} times as fast")
    print(f"goal: more than {GOAL:,} decisions with explanation a second: {'reached' if ours > GOAL else 'MISSED'}")


def inventory_of(count: int) -> Inventory:
    """The example with ``count`` components of every scope that fits a model."""
    acme = load("examples/acme")
    scopes = [
        Responsibility(infrastructure=i, operations=o, backend=b, software="customer")
        for i, o, b in (
            ("customer", "customer", "none"),
            ("customer", "customer", "provider"),
            ("customer", "provider", "provider"),
            ("provider", "provider", "provider"),
        )
    ]
    order = random.Random(4)
    template = acme.components[0]
    return msgspec.structs.replace(
        acme,
        components=tuple(
            msgspec.structs.replace(template, id=f"vm-{number:07}", responsibility=order.choice(scopes))
            for number in range(count)
        ),
    )


def layers(responsibility: Responsibility) -> tuple[str, ...]:
    return tuple(getattr(responsibility, layer) for layer in LAYERS)


RULES = {name: plain_rules(load_table(name)) for name in ("build_model", "transition_class")}


def naive(facts: dict[str, Any], day: Any) -> tuple[Any, ...]:
    (model,) = (rule for rule in RULES["build_model"] if naive_matches(rule, facts, day))
    chosen = {"build_model": model["then"]}
    (klass,) = (rule for rule in RULES["transition_class"] if naive_matches(rule, chosen, day))
    lost = itertools.filterfalse(lambda rule: rule is model, RULES["build_model"])
    min(lost, key=lambda rule: sum(facts[name] not in cell for name, cell in rule["when"].items()))
    return (model["then"], klass["then"], model["id"], klass["id"])


if __name__ == "__main__":
    main()
