"""Two versions of an inventory: what is told is complete, turns round, and is nothing for the same meaning."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import resources
from toolkit.canonical import plain
from toolkit.inventory.diff import Items, compare, items_of
from toolkit.inventory.load import load
from toolkit.inventory.readers import read_file
from toolkit.model.inventory import Inventory, component_value
from toolkit.model.inventory_diff import InventoryDiff
from toolkit.pipeline.comparing import compare_inventories
from toolkit.plan.meaning import inventory_digest
from toolkit.report.inventory_diff import as_html, as_lines

ROOT = Path(__file__).parents[3]
ACME = read_file(ROOT / "examples/acme/inventory.yaml").value
KINDS = sorted((ROOT / "tests/examples/valid").glob("kind-*.yaml"))
COMPONENTS = [item for path in KINDS for item in read_file(path).value["components"]]


def typed(value: dict[str, Any]) -> Inventory:
    return msgspec.convert({**value, "components": [component_value(one) for one in value["components"]]}, Inventory)


def components() -> st.SearchStrategy[dict[str, Any]]:
    fields = {
        "id": st.sampled_from(["c-1", "c-2", "c-3", "c-4"]),
        "tenant": st.sampled_from(["t-1", "t-2"]),
        "application": st.sampled_from(["a-1", "a-2"]),
        "depends_on": st.lists(st.sampled_from(["c-1", "c-2", "c-3", "hq-management"]), unique=True),
        "supervised": st.booleans(),
    }
    changed = st.fixed_dictionaries({}, optional=fields)
    return st.builds(lambda base, other: {**base, **other}, st.sampled_from(COMPONENTS), changed)


def by_id(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({item["id"]: item for item in items}.values())


inventories = st.builds(
    lambda items, months, tenants: {
        **ACME,
        "customer": {**ACME["customer"], "commitment": {"start": "2027-01-01", "months": months}},
        "tenants": [{**ACME["tenants"][0], "id": id_} for id_ in tenants],
        "components": by_id(items),
    },
    st.lists(components(), max_size=5),
    st.sampled_from([12, 24]),
    st.lists(st.sampled_from(["t-1", "t-2", "t-3"]), unique=True),
)


def renamed(value: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The same with one id replaced wherever it stands as a whole string."""
    return json.loads(json.dumps(value).replace(json.dumps(old), json.dumps(new)))


pairs = st.tuples(inventories, inventories) | st.builds(
    lambda value, old: (value, renamed(value, old, f"{old}-new")), inventories, st.sampled_from(["c-1", "c-2", "t-1"])
)


def apply(diff: InventoryDiff, before: Items, after: Items) -> dict[Any, Any]:
    """``before`` with the difference applied; of ``after`` only what was added is taken."""
    made = copy.deepcopy(dict(before))
    for item in diff.removed:
        del made[item.section, item.id]
    for item in diff.added:
        made[item.section, item.id] = copy.deepcopy(after[item.section, item.id])
    taken = [(rename, made.pop((rename.section, rename.old_id))) for rename in diff.renamed]
    for rename, value in taken:
        made[rename.section, rename.new_id] = value
    changes = [((one.section, one.id), one.fields) for one in (*diff.moved, *diff.changed)]
    changes += [((one.section, one.new_id), one.fields) for one in diff.renamed]
    for key, fields in changes:
        for field in fields:
            *steps, last = field.path.split("/")[1:]
            node = made[key]
            for step in steps:
                node = node[step]
            assert node.get(last) == field.old
            node[last] = field.new
            if field.new is None:
                del node[last]
    return made


@pytest.mark.slow
@given(inventories, st.randoms(use_true_random=False))
def test_order_layout_and_defaults_are_no_difference(value: dict[str, Any], rnd: random.Random) -> None:
    def shuffled(node: Any) -> Any:
        if isinstance(node, dict):
            return dict(rnd.sample([(k, shuffled(v)) for k, v in node.items()], len(node)))
        return rnd.sample([shuffled(v) for v in node], len(node)) if isinstance(node, list) else node

    other = shuffled(value)
    for item in other["components"]:
        item.setdefault("supervised", True)
        item.setdefault("depends_on", [])
    assert not compare(typed(value), typed(other)).differs


@given(pairs)
def test_there_is_a_difference_exactly_where_the_plan_would_see_one(pair: Any) -> None:
    old, new = typed(pair[0]), typed(pair[1])
    assert compare(old, new).differs == (inventory_digest(old) != inventory_digest(new))


@given(pairs)
def test_a_difference_applied_to_the_old_gives_the_new(pair: Any) -> None:
    old, new = typed(pair[0]), typed(pair[1])
    assert apply(compare(old, new), items_of(old), items_of(new)) == items_of(new)


@given(pairs)
def test_a_difference_turns_round(pair: Any) -> None:
    old, new = typed(pair[0]), typed(pair[1])
    there, back = compare(old, new), compare(new, old)
    assert [(one.section, one.id) for one in there.added] == [(one.section, one.id) for one in back.removed]
    assert [(one.section, one.id) for one in there.removed] == [(one.section, one.id) for one in back.added]
    assert {(one.section, one.old_id, one.new_id) for one in there.renamed} == {
        (one.section, one.new_id, one.old_id) for one in back.renamed
    }
    for name in ("moved", "changed"):
        told, turned = (
            {
                (one.section, one.id, f.path, str(f.old if first else f.new))
                for one in getattr(side, name)
                for f in one.fields
            }
            for side, first in ((there, True), (back, False))
        )
        assert told == turned


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(value: dict[str, Any], name: str) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(value, indent=1))
        return path

    return write


def edited(edit: Any) -> dict[str, Any]:
    value = copy.deepcopy(ACME)
    edit(value, {one["id"]: one for one in value["components"]})
    return value


def test_a_rename_is_one_line_and_what_refers_to_it_follows(files: Any) -> None:
    old = files(ACME, "old.json")
    diff = compare_inventories(old, files(renamed(ACME, "erp-vm-1", "erp-host-1"), "new.json"))
    (rename,) = diff.renamed
    assert (rename.old_id, rename.new_id, rename.old_at.file) == ("erp-vm-1", "erp-host-1", str(old))
    assert not [*diff.added, *diff.removed, *diff.moved, *diff.effects]
    ((field,),) = [one.fields for one in diff.changed]
    assert (field.path, field.new, field.follows) == ("/hosted_on", "erp-host-1", True)


def test_a_host_renamed_with_all_that_is_on_it(files: Any) -> None:
    both = renamed(renamed(ACME, "erp-vm-1", "erp-host-1"), "erp-db-1", "erp-store-1")
    diff = compare_inventories(files(ACME, "old.json"), files(both, "new.json"))
    assert {one.new_id for one in diff.renamed} == {"erp-host-1", "erp-store-1"}
    assert [field.follows for one in diff.renamed for field in one.fields] == [True]
    assert not [*diff.added, *diff.removed, *diff.moved, *diff.changed]


def test_a_content_that_others_have_too_is_no_rename() -> None:
    twin = {"kind": "external-interface", "tenant": "acme-prod", "application": "erp", "owner": "a@acme.example"}

    def version(*ids: str) -> Inventory:
        return typed({**ACME, "components": [*ACME["components"], *({**twin, "id": id_} for id_ in ids)]})

    diff = compare(version("if-1", "if-2"), version("if-1", "if-3"))
    assert (len(diff.renamed), len(diff.added), len(diff.removed)) == (0, 1, 1)


def test_a_component_moves_and_is_decided_otherwise(files: Any) -> None:
    def edit(value: dict[str, Any], components: dict[str, Any]) -> None:
        party = {"infrastructure": "customer", "operations": "provider", "backend": "provider", "software": "customer"}
        value["applications"].append({"id": "shop", "criticality": "low", "responsibility": party})
        components["erp-vm-2"]["application"] = "shop"
        components["erp-vm-2"]["os"]["version"] = "13"

    diff = compare_inventories(files(ACME, "old.json"), files(edited(edit), "new.json"))
    assert [(one.section, one.id) for one in diff.added] == [("applications", "shop")]
    assert [(one.id, one.fields[0].path) for one in diff.moved] == [("erp-vm-2", "/application")]
    assert [(one.id, one.fields[0].path) for one in diff.changed] == [("erp-vm-2", "/os/version")]
    (effect,) = diff.effects
    assert (effect.old.transition_class, effect.new.transition_class) == (5, 4)
    assert (effect.old.rule, effect.new.rule) == ("BM-004", "BM-003")
    assert effect.reasons


def test_what_becomes_undecided_is_told_and_stops_nothing(files: Any) -> None:
    odd = {"infrastructure": "customer", "operations": "customer", "backend": "none", "software": "provider"}
    new = files(edited(lambda _, components: components["erp-vm-2"].update(responsibility=odd)), "new.json")
    diff = compare_inventories(files(ACME, "old.json"), new)
    assert [(one.component, one.new.build_model) for one in diff.effects] == [("erp-vm-2", None)]


def co_managed(value: dict[str, Any], components: dict[str, Any]) -> None:
    value["tenants"][0].update(management="co-managed")
    value["tenants"][0].pop("subscribed_levels", None)
    for one in components.values():
        one.pop("management_level", None)
        one.pop("backup", None)


TERMS = {
    "environment": (
        lambda value, _: value["tenants"][0].update(environment="integration"),
        "  window of incident-P1, incident-P2: 24x7 [WN-002] → business-hours [WN-004]",
        "outside production incidents are worked on in business hours",
    ),
    "management": (
        co_managed,
        "  management: fully-managed [MG-002] → co-managed [MG-003]",
        "because",
    ),
    "supervised": (
        lambda _, components: [one.update(supervised=False) for one in components.values()],
        "  supervision: supervised [SV-004] → none [SV-002]",
        "  window of supervision: 24x7 [WN-001] → none",
    ),
}


@pytest.mark.parametrize("name", TERMS)
def test_other_terms_are_another_decision(name: str, files: Any) -> None:
    edit, line, why = TERMS[name]
    diff = compare_inventories(files(ACME, "old.json"), files(edited(edit), "new.json"))
    assert [one.component for one in diff.effects] == ["erp-db-1", "erp-vm-1", "erp-vm-2"]
    told = list(as_lines(diff))
    assert line in told
    assert why in "\n".join(told)
    assert not any("full-build" in one for one in told)
    assert "3 decisions affected" in told[-1]
    assert line.strip() in as_html(diff)
    keeps_to_its_schema(diff)


def test_a_build_input_that_is_gone_is_assumed(files: Any) -> None:
    given = edited(lambda value, _: value.update(build_inputs={"topology": {"reference": "D-1", "date": "2027-01-01"}}))
    without = edited(lambda value, _: value.pop("build_inputs", None))
    diff = compare_inventories(files(given, "old.json"), files(without, "new.json"))
    (change,) = diff.assumptions
    assert (change.build_input, change.old, change.new.rule) == ("topology", None, "AS-006")
    *_, head, line, counts = as_lines(diff)
    assert head == "assumed otherwise: topology"
    assert line.startswith("  given, nothing assumed → the networks, sites and links of the inventory")
    assert counts.endswith("0 decisions affected, 1 assumption affected")
    assert "Assumed otherwise" in as_html(diff)
    keeps_to_its_schema(diff)


def keeps_to_its_schema(diff: InventoryDiff) -> None:
    schema = json.loads((resources.folder("schemas") / "inventory-diff.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(plain(diff))))


def test_places_are_each_files_own(files: Any) -> None:
    new = files(edited(lambda _, components: components["erp-vm-2"]["os"].update(version="13")), "new.json")
    ((field,),) = [one.fields for one in compare_inventories(ROOT / "examples/acme", new).changed]
    for at, version in ((field.old_at, '"12"'), (field.new_at, '"13"')):
        line = Path(at.file).read_text().splitlines()[at.line - 1]
        assert line[at.column - 1 :].startswith(version)


def test_what_json_says_keeps_to_its_schema(files: Any) -> None:
    def edit(value: dict[str, Any], components: dict[str, Any]) -> None:
        components["erp-vm-2"]["owner"] = "other@acme.example"
        components["erp-db-1"]["id"] = "erp-db-2"
        del value["links"][1], components["erp-vm-1"]["licence"]
        value["components"].append({**copy.deepcopy(components["erp-vm-2"]), "id": "erp-vm-3", "address": "10.60.0.13"})

    schema = json.loads((resources.folder("schemas") / "inventory-diff.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    diff = compare_inventories(files(ACME, "old.json"), files(edited(edit), "new.json"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(plain(diff))))
    for name in ("added", "removed", "renamed", "changed", "effects"):
        assert getattr(diff, name), name
    nouns = {"Where": "where", "Item": "item", "FieldChange": "field", "ItemChange": "change", "Rename": "rename"}
    nouns |= {"Outcome": "outcome", "Effect": "effect", "Term": "term", "AssumptionChange": "assumption"}
    for noun, definition in nouns.items():
        fields = set(getattr(__import__("toolkit.model.inventory_diff", fromlist=[noun]), noun).__struct_fields__)
        assert fields == set(schema["$defs"][definition]["properties"]), noun


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_an_example_differs_from_nothing_but_others(path: Path) -> None:
    inventory = load(path)
    assert not compare(inventory, inventory).differs
    assert compare(inventory, typed(ACME)).differs
