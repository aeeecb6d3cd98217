"""The schema files: closed, described by example, the same for an editor as for us, and judged as another validator does."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from referencing.jsonschema import DRAFT202012
from schema_findings import schema_findings

from toolkit import catalogue
from toolkit.errors import UsageError
from toolkit.inventory.readers import read_file
from toolkit.inventory.schema import violations
from toolkit.inventory.schema_files import definition, kinds, kinds_of, references, resolved, schema, whole

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "schemas"
FILES = [FOLDER / "inventory.schema.json", FOLDER / "common.schema.json", *sorted((FOLDER / "kinds").iterdir())]
SECTIONS = {"tenants", "sites", "links", "applications", "components"}


def properties(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that a person may write, also those inside lists and mappings, with its way."""
    node = resolved(node)
    for name, inner in node.get("properties", {}).items():
        if isinstance(inner, dict):
            yield f"{where}/{name}", inner
            yield from properties(inner, f"{where}/{name}")
    if isinstance(node.get("items"), dict):
        yield from properties(node["items"], f"{where}/*")
    for branch in node.get("allOf", ()):
        if "then" in branch and "$ref" not in branch["then"]:
            yield from properties(branch["then"], where)


@pytest.mark.parametrize("name", ["inventory", *kinds()])
def test_every_property_has_title_description_and_examples_that_hold(name: str) -> None:
    for where, found in properties(whole(name)):
        filled = resolved(found)
        assert filled.get("title"), where
        assert filled.get("description"), where
        assert filled.get("examples"), where
        judge = jsonschema.Draft202012Validator({**found, "$defs": schema()["$defs"]})
        for example in filled["examples"]:
            assert judge.is_valid(example), f"{where}: {example!r}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_object_is_closed(path: Path) -> None:
    value = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(value)
    assert "oneOf" not in path.read_text()

    def walk(found: Any, where: str) -> None:
        if isinstance(found, list):
            for inner in found:
                walk(inner, where)
        if not isinstance(found, dict):
            return
        if found.get("type") == "object" and not where.endswith("/$defs/component"):
            if where == "/properties/prerequisites":
                # by the ids of the service's catalogue entry, which a rule checks
                assert found["additionalProperties"] == {"$ref": "common.schema.json#/$defs/document"}
            else:
                assert found["additionalProperties"] is False, where
                assert set(found.get("required", [])) <= set(found["properties"]), where
        for key, inner in found.items():
            if key not in ("if", "examples"):
                walk(inner, f"{where}/{key}")

    walk(value, "")


def test_each_kind_has_its_file_and_its_service() -> None:
    assert {path.name.removesuffix(".schema.json") for path in (FOLDER / "kinds").iterdir()} == set(kinds())
    for service in catalogue.services().values():
        if service.inventory.kinds:
            assert kinds_of(service.id) == service.inventory.kinds
    served = [kind for service in catalogue.services().values() for kind in service.inventory.kinds]
    assert sorted(served) == sorted(kinds())
    assert kinds_of(None) == kinds_of("another") == kinds()
    names = [name for path in FILES[:2] for name in json.loads(path.read_text())["$defs"]]
    assert len({*names, *kinds()}) == len(names) + len(kinds())
    with pytest.raises(UsageError, match="no kind"):
        whole("toaster")


def test_what_an_id_refers_to_is_there() -> None:
    every = {target for kind in kinds() for found in references(kind) for target in found.targets}
    assert every <= SECTIONS | {f"components/{kind}" for kind in kinds()}
    assert {found.steps for found in references("remote-desktop")} >= {("hosts", "*"), ("directory",)}
    assert [found.targets for found in references("container-group") if found.steps == ("cluster",)] == [
        ("components/kubernetes-cluster",)
    ]


def test_every_kind_has_an_example() -> None:
    for kind in kinds():
        value = read_file(ROOT / f"tests/examples/valid/kind-{kind}.yaml").value
        (item,) = (item for item in value["components"] if item["kind"] == kind and item["id"].endswith(kind))
        assert item.keys() <= definition(kind)["properties"].keys()


def test_a_kind_by_itself_refers_to_nothing_else() -> None:
    for kind in kinds():
        found = whole(kind)
        needed = set(re.findall(r'"\$ref": "#/\$defs/([\w-]+)"', json.dumps(found)))
        assert needed == set(found["$defs"])


# --- the verdict on the files as they lie on the disk, by python-jsonschema, which follows their references


@cache
def reference() -> Any:
    base = "file:///schemas/"
    resources = [
        (base + path.relative_to(FOLDER).as_posix(), DRAFT202012.create_resource(json.loads(path.read_text())))
        for path in FILES
    ]
    return jsonschema.Draft202012Validator(
        {"$ref": f"{base}inventory.schema.json"},
        registry=referencing.Registry().with_resources(resources),
        format_checker=jsonschema.FormatChecker(["date"]),
    )


SOUND = [
    read_file(path).value
    for path in sorted((ROOT / "tests/examples/valid").glob("*.*"))
    if path.suffix in (".yaml", ".json") and path.stem != "minimal"
]
ODD = [None, True, 0, 1, -1, 1.5, 10**6, "", "x", "é", "vm", "mail", "10.0.0.1", "2027-02-30", [], {}, ["a", "a"], [1]]


def ways(value: Any, *steps: Any) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(way for key, item in inner for way in ways(item, *steps, key))]


def mutate(item: dict[str, Any], chance: random.Random) -> Any:
    """The component with one to three places replaced, removed or added to."""
    changed = {"": copy.deepcopy(item)}
    for _ in range(chance.randint(1, 3)):
        *above, last = chance.choice(ways(changed)[1:])
        parent: Any = changed
        for step in above:
            parent = parent[step]
        action = chance.choice(["replace", "remove", "add"])
        if action == "remove" and above:
            del parent[last]
        elif action == "add" and isinstance(parent[last], dict):
            words = ["extra", "os", "address", "hosts", "role", "ends", "minutes", "lifecycle", "tooling", "cluster"]
            parent[last][chance.choice(words)] = copy.deepcopy(chance.choice(ODD))
        else:
            parent[last] = copy.deepcopy(chance.choice(ODD))
    return changed[""]


def found_by_us(value: Any) -> set[tuple[tuple[str | int, ...], str | None]]:
    """Where and which keyword; python-jsonschema names the mapping for a field that may not be there, and no keyword."""
    found = ((one.steps, one.keyword) for one in violations(value))
    return {(steps[:-1], None) if keyword == "falseSchema" else (steps, keyword) for steps, keyword in found}


def found_by_it(value: Any) -> set[tuple[tuple[str | int, ...], str | None]]:
    return {(tuple(error.absolute_path), error.validator) for error in reference().iter_errors(value)}


def differences(count: int, *, seed: int) -> None:
    chance = random.Random(seed)
    judged = kept = 0
    while judged < count:
        header = chance.choice([value for value in SOUND if value.get("components")])
        mutants = [mutate(chance.choice(header["components"]), chance) for _ in range(20)]
        value = {**header, "components": mutants}
        ours, theirs = found_by_us(value), found_by_it(value)
        assert ours == theirs
        assert bool(schema_findings(value)) == bool(theirs)
        judged += len(mutants)
        kept += len(mutants) - len({steps[1] for steps, _ in ours if len(steps) > 1})
    assert 0 < kept < count / 2


@pytest.mark.slow
def test_same_violations_as_python_jsonschema() -> None:
    differences(1000, seed=1)


@pytest.mark.slow
def test_same_violations_of_ten_thousand_components() -> None:
    differences(10_000, seed=2)


def test_same_violations_around_the_components() -> None:
    sound = next(value for value in SOUND if value["service"] == "ucaas-partners")
    changes: list[dict[str, Any]] = [{"tenants": []}, {"order": None}, {"contacts": {"x": 1}}, {"components": 1}]
    for change in [*changes, {"service": "managed-applications"}]:
        value = {**sound, **change}
        assert found_by_us(value) == found_by_it(value) != set()
    for gone in ("order", "contacts"):
        value = {key: inner for key, inner in sound.items() if key != gone}
        assert [(found.rule, found.fix.partition(":")[0]) for found in schema_findings(value)] == [
            ("INV-011", f'add "{gone}"')
        ]


@pytest.mark.slow
@pytest.mark.parametrize("service", ["cloud-meetings", "collaboration-support", "event-support"])
def test_same_violations_of_services_without_components(service: str) -> None:
    chance = random.Random(3)
    for sound in [value for value in SOUND if value["service"] == service]:
        assert found_by_us(sound) == found_by_it(sound) == set()
        for _ in range(200):
            value = mutate(sound, chance)
            if isinstance(value, dict) and isinstance(value.get("components", []), list):
                assert found_by_us(value) == found_by_it(value)


def test_a_section_and_a_kind_of_another_service_are_told() -> None:
    sound = copy.deepcopy(next(value for value in SOUND if value["service"] == "ucaas-partners"))
    sound["tenants"] = []
    sound["components"].append({"id": "x-vm", "kind": "vm"})
    found = {(finding.rule, finding.path): finding for finding in schema_findings(sound)}
    assert found["INV-010", "/tenants"].message == 'the field "tenants" does not belong to an inventory of this service'
    assert found["INV-014", "/components/1/kind"].message == "a vm does not belong to an inventory of this service"
