"""What only a kind refers to (a cluster, a directory, hosts) must be there and of the right kind."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from toolkit.inventory.load import findings
from toolkit.inventory.readers import read_file
from toolkit.inventory.schema_files import kinds, references
from toolkit.model.inventory import COMPONENT_FIELDS

EXAMPLES = Path(__file__).resolve().parents[3] / "tests/examples/valid"
OWN = [(kind, found) for kind in kinds() for found in references(kind) if found.steps[0] not in COMPONENT_FIELDS]


def example(kind: str) -> tuple[Any, int]:
    value = copy.deepcopy(read_file(EXAMPLES / f"kind-{kind}.yaml").value)
    return value, max(index for index, item in enumerate(value["components"]) if item["kind"] == kind)


@pytest.mark.parametrize(("kind", "reference"), OWN, ids=lambda part: getattr(part, "steps", (part,))[0])
def test_a_reference_of_a_kind_must_resolve(kind: str, reference: Any) -> None:
    value, index = example(kind)
    item = value["components"][index]
    field, listed = reference.steps[0], reference.steps[-1] == "*"
    path = f"/components/{index}/{field}" + ("/0" if listed else "")
    for name, said in (("nothing-here", "no "), (item["id"], f" is a {kind}, not a ")):
        item[field] = [name] if listed else name
        found = {(finding.rule, finding.path): finding.message for finding in findings(value)}
        assert said in found["INV-020", path]


def test_a_circle_through_what_a_kind_refers_to() -> None:
    value, index = example("container-group")
    cluster = next(item for item in value["components"] if item["kind"] == "kubernetes-cluster")
    cluster["depends_on"] = [value["components"][index]["id"]]
    assert [(finding.rule, finding.path) for finding in findings(value)] == [
        ("INV-022", f"/components/{index}/cluster")
    ]


def test_an_order_names_components() -> None:
    value, _ = example("session-border-controller")
    value["order"]["documents"] = ["lyon-session-border-controler"]
    (finding,) = (one for one in findings(value) if one.severity == "error")
    assert (finding.rule, finding.path) == ("INV-020", "/order/documents/0")
    assert finding.fix == 'did you mean "lyon-session-border-controller"?'


def test_amazons_limits_hold_on_aws_only() -> None:
    value, _ = example("native-service")
    value["tenants"][0]["landing_zone"]["cidr"] = "10.0.0.0/12"
    assert [one for one in findings(value) if one.severity == "error"] == []
    value["tenants"][0]["platform"] = {"kind": "aws", "account": "222233334444", "region": "eu-west-3"}
    assert [one.rule for one in findings(value) if one.severity == "error"] == ["INV-035"]


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ({"kind": "azure", "account": "222233334444", "region": "francecentral"}, "account"),
        ({"kind": "gcp", "account": "Globex", "region": "europe-west9"}, "account"),
        ({"kind": "gcp", "account": "globex-1", "region": "eu-west-3a"}, "region"),
        ({"kind": "provider-public", "account": "globex", "region": "Paris 1"}, "region"),
        ({"kind": "ovh", "account": "globex", "region": "paris"}, "kind"),
    ],
)
def test_each_cloud_has_its_own_way_to_name_an_account(platform: dict[str, str], path: str) -> None:
    value, _ = example("native-service")
    value["tenants"][0]["platform"] = platform
    assert [one.path for one in findings(value) if one.severity == "error"] == [f"/tenants/0/platform/{path}"]
