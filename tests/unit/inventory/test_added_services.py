"""A service that ONBOARD_CATALOGUE adds has its inventory without code; what does not fit is told with its file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from toolkit import catalogue
from toolkit.canonical import digest
from toolkit.editor.completion import choices
from toolkit.editor.cursor import Hole
from toolkit.errors import InventoryInvalid
from toolkit.inventory import check, load
from toolkit.inventory.convert import convert
from toolkit.inventory.schema import violations
from toolkit.inventory.schema_files import kinds, kinds_of, schema, whole
from toolkit.inventory.schema_table import list_kinds
from toolkit.inventory.service_schema import definition_of, dispatched
from toolkit.inventory.tables.columns import tables
from toolkit.inventory.tables.template import tables_of, template
from toolkit.plan.meaning import inventory_digest

ROOT = Path(__file__).resolve().parents[3]
SERVICE = {
    "schema": "onboarding/service/v1",
    "id": "stargazing",
    "description": "SD-6",
    "title": {"en": "Stargazing", "fr": "Astronomie"},
    "summary": {"en": "Nights", "fr": "Nuits"},
    "source": "SD-6 §6",
    "parties": {"provider": {"en": "provider", "fr": "fournisseur"}, "customer": {"en": "customer", "fr": "client"}},
    "inventory": {
        "sections": ["sites", "components", "subscription", "prerequisites"],
        "required": ["components"],
        "kinds": ["telescope", "endpoint-group"],
    },
    "tiers": [{"id": "night", "title": {"en": "Night", "fr": "Nuit"}, "source": "SD-6 §6"}],
    "options": [{"id": "guide", "title": {"en": "Guide", "fr": "Guide"}, "source": "SD-6 §6", "only_with": ["night"]}],
    "stages": [
        {
            "id": "first",
            "title": {"en": "First", "fr": "Début"},
            "source": "SD-6 §6",
            "owner": "provider",
            "gate": False,
        }
    ],
    "prerequisites": [
        {
            "id": "dark-sky",
            "title": {"en": "Sky", "fr": "Ciel"},
            "source": "SD-6 §6",
            "owner": "customer",
            "stage": "first",
        }
    ],
}
TEXT = {"$ref": "common.schema.json#/$defs/text"}
TELESCOPE = {
    "title": "Telescope",
    "type": "object",
    "description": "A telescope.",
    "additionalProperties": False,
    "required": ["id", "kind", "owner", "mirror"],
    "properties": {
        "id": {"$ref": "common.schema.json#/$defs/component_id"},
        "kind": {"title": "Kind", "description": "What it is.", "const": "telescope", "examples": ["telescope"]},
        "owner": {"$ref": "common.schema.json#/$defs/owned_by"},
        "depends_on": {"$ref": "common.schema.json#/$defs/depends_on"},
        "mirror": {"$ref": "#/$defs/mirror"},
    },
}
MIRROR = {
    "title": "Mirror",
    "type": "object",
    "description": "Its mirror.",
    "additionalProperties": False,
    "required": ["maker"],
    "properties": {"maker": {"title": "Maker", "description": "Who made it.", **TEXT, "examples": ["Glass SA"]}},
    "examples": [{"maker": "Glass SA"}],
}
INVENTORY = """
schema: onboarding/inventory/v1
service: stargazing
customer:
  id: hooke
  name: Hooke & Cie
  language: fr
  contacts: [{role: main, name: Dôme, email: dome@hooke.example}]
  commitment: {start: 2027-01-01, months: 3}
provider: {profile: paris-1}
subscription: {tier: night}
prerequisites: {dark-sky: {reference: SKY-1, date: 2026-12-01}}
components:
  - {id: big-one, kind: telescope, owner: dome@hooke.example, mirror: {maker: Glass SA}}
  - {id: small-one, kind: telescope, owner: dome@hooke.example, mirror: {maker: Glass SA}, depends_on: [big-one]}
"""


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the folder of an added service and names it in the environment; gives its place."""

    def make(service: dict[str, Any] = SERVICE, **shapes: Any) -> Path:
        folder = tmp_path / "catalogue" / str(service["id"])
        folder.mkdir(parents=True)
        (folder / "service.yaml").write_text(json.dumps(service))
        if shapes:
            (folder / "inventory.schema.json").write_text(json.dumps({"$defs": shapes}))
        monkeypatch.setenv("ONBOARD_CATALOGUE", str(folder.parent))
        return folder

    return make


def written(tmp_path: Path, text: str = INVENTORY) -> Path:
    path = tmp_path / "hooke.yaml"
    path.write_text(text)
    return path


def test_the_schema_on_disk_is_the_catalogues() -> None:
    entry = json.loads((ROOT / "schemas/inventory.schema.json").read_text())
    named = [*catalogue.services()]
    assert entry["properties"]["service"]["enum"] == named
    assert entry["allOf"] == [dispatched("service", name, f"#/$defs/{name}") for name in named]
    for name, service in catalogue.services().items():
        assert entry["$defs"][name] == definition_of(service, entry["properties"])


def test_an_added_service_is_checked_as_the_others_are(added: Any, tmp_path: Path) -> None:
    before = kinds()
    path = written(tmp_path)
    assert {problem.rule for problem in check([path]).problems} >= {"INV-014"}, "nobody has added it yet"
    added(telescope=TELESCOPE, mirror=MIRROR)
    assert check([path]).problems == ()
    found = load(path)
    assert found.components[0].attributes == {"mirror": {"maker": "Glass SA"}}
    assert kinds_of("stargazing") == ("telescope", "endpoint-group")
    assert kinds() == (*before, "telescope")
    assert {one["kind"] for one in list_kinds() if one["service"] == "stargazing"} == {"telescope", "endpoint-group"}
    wrong = INVENTORY.replace("maker: Glass SA}}", "makr: Glass SA}}").replace(
        "small-one, kind: telescope", "x2, kind: vm"
    )
    told = {(problem.rule, problem.path, problem.fix) for problem in check([written(tmp_path, wrong)]).problems}
    assert ("INV-010", "/components/0/mirror/makr", 'did you mean "maker"?') in told
    assert any(rule == "INV-014" and path == "/components/1/kind" for rule, path, _ in told)


def test_an_option_needs_the_tier_that_it_goes_with(added: Any, tmp_path: Path) -> None:
    added(telescope=TELESCOPE, mirror=MIRROR)
    for subscription, told in (("{tier: night, options: [guide]}", []), ("{options: [guide]}", ["INV-132", "INV-130"])):
        text = INVENTORY.replace("{tier: night}", subscription)
        assert [problem.rule for problem in check([written(tmp_path, text)]).problems] == told


def test_what_goes_by_kind_knows_an_added_one(added: Any, tmp_path: Path) -> None:
    added(telescope=TELESCOPE, mirror=MIRROR)
    assert whole("telescope")["$defs"]["mirror"]["title"] == "Mirror"
    assert "telescope" in {table.name for table in tables_of("stargazing")}
    assert template("stargazing", "fr")
    path = written(tmp_path)
    for name in ("out.xlsx", "out.ndjson", "out.json"):
        convert(path, tmp_path / name)
        assert inventory_digest(load(tmp_path / name)) == inventory_digest(load(path))
    value = {"service": "stargazing", "components": [{"kind": "x"}]}
    hole = Hole(value=value, steps=("components", 0, "kind"), key=False, start=0, end=1, quoted=False, colon=False)
    assert "telescope" in {choice.label for choice in choices("x.yaml", hole)}


def test_components_on_lines_are_told_where_a_service_has_none(tmp_path: Path) -> None:
    header = {
        "schema": "onboarding/inventory/v1",
        "service": "cloud-meetings",
        "customer": {
            "id": "hooke",
            "name": "Hooke & Cie",
            "language": "fr",
            "contacts": [{"role": "main", "name": "Dôme", "email": "dome@hooke.example"}],
            "commitment": {"start": "2027-01-01", "months": 3},
        },
        "provider": {"profile": "paris-1"},
        "subscription": {"products": ["meeting-centres"]},
    }
    item = {"id": "aa", "kind": "voice-gateway", "owner": "a@b.example"}
    lines, whole_file = tmp_path / "x.ndjson", tmp_path / "x.json"
    lines.write_text(json.dumps(header) + "\n")
    assert check([lines]).problems == ()
    lines.write_text(json.dumps(header) + "\n" + json.dumps(item) + "\n")
    whole_file.write_text(json.dumps({**header, "components": [item]}))
    for path in (lines, whole_file):
        assert ("INV-010", "/components") in {(problem.rule, problem.path) for problem in check([path]).problems}


def test_one_process_serves_several_catalogues(added: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = digest(schema())
    added(telescope=TELESCOPE, mirror=MIRROR)
    assert "stargazing" in schema()["properties"]["service"]["enum"]
    assert "telescope" in tables()
    monkeypatch.delenv("ONBOARD_CATALOGUE")
    assert os.environ.get("ONBOARD_CATALOGUE") is None
    assert digest(schema()) == own
    assert "telescope" not in tables()
    assert [one.keyword for one in violations({"service": "stargazing"}) if one.steps == ("service",)] == ["enum"]


def changed(node: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**node, **changes}


def shape(**changes: Any) -> dict[str, Any]:
    return changed(SERVICE, inventory={**SERVICE["inventory"], **changes})  # type: ignore[dict-item]


def with_property(**properties: Any) -> dict[str, Any]:
    return changed(TELESCOPE, properties={**TELESCOPE["properties"], **properties})  # type: ignore[dict-item]


def sized(**rules: Any) -> dict[str, Any]:
    return {"title": "Size", "description": "Its size.", "type": "string", "examples": ["large"], **rules}


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


@pytest.mark.parametrize(
    ("service", "shapes", "told"),
    [
        (shape(sections=["components", "prerequisites", "gardens"]), {}, "no section gardens"),
        (shape(kinds=[]), {}, "components and kinds go together"),
        (SERVICE, {}, "no kind telescope"),
        (SERVICE, {"telescope": TELESCOPE, "vm": MIRROR}, "a definition called vm"),
        (changed(SERVICE, id="order"), {"telescope": TELESCOPE}, "a definition called order"),
        (SERVICE, {"telescope": TELESCOPE}, "refers to mirror"),
        (SERVICE, {"telescope": changed(TELESCOPE, additionalProperties=True), "mirror": MIRROR}, "is not closed"),
        (SERVICE, {"telescope": changed(TELESCOPE, required=["id", "kind"]), "mirror": MIRROR}, "is not closed"),
        (SERVICE, {"telescope": changed(TELESCOPE, type="objekt"), "mirror": MIRROR}, "is no JSON Schema"),
        (SERVICE, {"telescope": with_property(kind={"const": "lens"}), "mirror": MIRROR}, "is called otherwise"),
        (SERVICE, {"telescope": with_property(size={"type": "integer"}), "mirror": MIRROR}, "size of the kind"),
        (SERVICE, {"telescope": with_property(site={**MIRROR}), "mirror": MIRROR}, "site of the kind telescope"),
        (SERVICE, {"telescope": 1}, "no mapping of schemas"),
        (SERVICE, {"telescope": with_property(size=True), "mirror": MIRROR}, "size of telescope has no schema"),
        (SERVICE, {"telescope": with_property(size=sized(pattern="(")), "mirror": MIRROR}, "is no JSON Schema"),
        (SERVICE, {"telescope": TELESCOPE, "mirror": changed(MIRROR, type="objekt")}, "mirror is no JSON Schema"),
        (SERVICE, {"telescope": TELESCOPE, "mirror": to("lens")}, "mirror refers to lens"),
        (SERVICE, {"telescope": TELESCOPE, "mirror": to("mirror")}, "mirror refers to itself"),
        (SERVICE, {"telescope": TELESCOPE, "mirror": to("lens"), "lens": to("mirror")}, "refers to itself"),
    ],
)
def test_a_service_that_does_not_fit_is_refused(service: Any, shapes: Any, told: str, added: Any) -> None:
    folder = added(service, **shapes)
    with pytest.raises(InventoryInvalid, match=told) as refused:
        schema()
    assert str(folder) in refused.value.fix


@pytest.mark.parametrize("content", ["{", "[]", '{"$defs": ' + "[" * 100_000])
def test_a_schema_that_is_no_json_is_refused(content: str, added: Any) -> None:
    (added() / "inventory.schema.json").write_text(content)
    with pytest.raises(InventoryInvalid, match="has no \\$defs in JSON"):
        schema()
