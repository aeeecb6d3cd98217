"""The lines of decide --format ndjson say what decide says, of any inventory, all of them or none."""

from __future__ import annotations

import copy
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from toolkit.canonical import canonical_bytes, plain
from toolkit.cli.decide import decide
from toolkit.decide.present import decisions_json
from toolkit.errors import InventoryInvalid, Undecided, UsageError
from toolkit.inventory import passes
from toolkit.inventory.readers import read_file
from toolkit.pipeline.decided_lines import write_decided
from toolkit.pipeline.deciding import decide_all
from toolkit.pipeline.workspace import Workspace

ROOT = Path(__file__).parents[3]
VALID = sorted(path for path in (ROOT / "tests/examples/valid").iterdir() if path.is_file())
ACME = read_file(ROOT / "examples/acme/inventory.yaml").value


def lines_of(root: Path) -> list[dict[str, Any]]:
    out = io.BytesIO()
    written = write_decided(Workspace(root=root), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [canonical_bytes(line) for line in lines] == out.getvalue().splitlines()
    assert written.components == sum("component" in line for line in lines)
    assert written.decisions == sum("is" in line for line in lines)
    return lines


def held_against(root: Path, components: list[dict[str, Any]]) -> None:
    """Every line against what ``decide`` says of the same inventory."""
    first, *lines = lines_of(root)
    assert first == {"schema": "onboarding/decision-lines/v1"}
    decided = decide_all(Workspace(root=root))
    told = json.loads(json.dumps(decisions_json(decided.decisions, decided.terms)["decisions"]))
    expected = {one.pop("component"): one for one in told}
    known: dict[str, Any] = {}
    said = []
    for line in lines:
        if "is" in line:
            assert line["decision"] not in known
            known[line["decision"]] = line["is"]
        elif "component" in line:
            said.append(line)
    assert {line["component"]: known[line["decision"]] for line in said if line["decision"]} == expected
    assert [line["component"] for line in said] == [item["id"] for item in components]
    assert [line["sha256"] for line in said] == [
        hashlib.sha256(canonical_bytes(item)).hexdigest() for item in components
    ]
    assert [line["assumed"] for line in lines if "assumed" in line] == list(plain(decided.assumptions))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.name)
def test_every_example(path: Path) -> None:
    held_against(path, read_file(path).value.get("components", []))


PARTIES = [("customer", "customer", "none"), ("customer", "provider", "provider"), ("provider",) * 3]
KINDS: list[dict[str, Any]] = [
    {"kind": "native-service", "service": "s3"},
    {"kind": "external-interface", "criticality": "low", "probe": {"method": "http", "target": "https://pay.example/"}},
    {"kind": "firewall", "origin": "third-party"},
]
ANY = {"tenant": st.sampled_from(["acme-prod", "acme-dev"]), "application": st.sampled_from(["erp", "shop"])}
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "supervised": st.booleans(),
    "responsibility": st.sampled_from(PARTIES).map(
        lambda three: dict(zip(("infrastructure", "operations", "backend"), three, strict=True), software="customer")
    ),
}
OTHER_CLASS = st.fixed_dictionaries(
    {"class": st.sampled_from([4, 5]), "reason": st.sampled_from(["agreed on 2026-10-01", "as before"])}
)


def further(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Components of two tenants and two applications, of several kinds."""
    fields = st.fixed_dictionaries(ANY, optional={**OPTIONAL, **optional})
    return st.lists(st.builds(lambda kind, more: {**kind, **more}, st.sampled_from(KINDS), fields), max_size=12)


def inventory(added: list[dict[str, Any]]) -> dict[str, Any]:
    value = copy.deepcopy(ACME)
    (tenant,), (application,) = value["tenants"], value["applications"]
    other = {"id": "acme-dev", "environment": "development", "management": "co-managed", "subscribed_levels": []}
    landing = {**tenant["landing_zone"], "cidr": "10.21.0.0/16"}
    platform = {**tenant["platform"], "account": "222233334444"}
    value["tenants"].append({**tenant, **other, "landing_zone": landing, "platform": platform})
    value["applications"].append({**application, "id": "shop", "criticality": "standard"})
    for number, one in enumerate(added):
        value["components"].append({"id": f"x-{number}", "owner": "dba@acme.example", **one})
    return value


def told_alike(path: Path) -> Any:
    """What decide refuses and its lines refuse with the same words; None where neither does."""
    refused = refusal(lambda: decide_all(Workspace(root=path)))
    assert refusal(lambda: write_decided(Workspace(root=path), io.BytesIO())) == refused
    return refused


@given(added=further())
def test_whatever_a_decision_depends_on(tmp_path_factory: pytest.TempPathFactory, added: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value := inventory(added)))
    assert told_alike(path) is None
    held_against(path, value["components"])


@given(added=further(transition_class=OTHER_CLASS))
def test_other_classes(tmp_path_factory: pytest.TempPathFactory, added: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value := inventory(added)))
    refused = told_alike(path)
    assert refused is None or refused[0] is Undecided
    if refused is None:
        held_against(path, value["components"])


@pytest.mark.parametrize("name", ["kind-call-manager.yaml", "kind-vm.yaml"])
def test_a_day_without_rules_is_refused_whatever_the_components_are(tmp_path: Path, name: str) -> None:
    value = read_file(ROOT / "tests/examples/valid" / name).value
    value["customer"]["commitment"]["start"] = "1990-01-01"
    if name == "kind-vm.yaml":
        value["components"] = []
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(value))
    assert told_alike(path)[0] is Undecided


def refusal(call: Callable[[], Any]) -> Any:
    """What a call raises, as a value; None where it does not."""
    try:
        call()
    except (InventoryInvalid, Undecided) as error:
        return type(error), error.message, error.fix, error.details
    return None


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """9,000 components in NDJSON, of several decisions."""
    header, *components = ACME, *ACME["components"]
    path = tmp_path / "inventory.ndjson"
    with path.open("w") as out:
        out.write(json.dumps({key: value for key, value in header.items() if key != "components"}) + "\n")
        out.writelines(json.dumps(item) + "\n" for item in components)
        for number in range(9000):
            item = {"id": f"ns-{number}", "kind": "native-service", "service": "s3", "tenant": "acme-prod"}
            item |= {"application": "erp", "owner": "dba@acme.example", "supervised": number % 2000 < 1000}
            out.write(json.dumps(item) + "\n")
    return path


@pytest.fixture
def two_processes() -> Iterator[None]:
    before, passes.TWO_FROM = passes.TWO_FROM, 1
    yield
    passes.TWO_FROM = before


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(many: Path, two_processes: None) -> None:
    shared, alone = io.BytesIO(), io.BytesIO()
    written = write_decided(Workspace(root=many), shared)
    passes.TWO_FROM = 1 << 40
    assert write_decided(Workspace(root=many), alone) == written
    assert shared.getvalue() == alone.getvalue()
    assert (written.components, written.decisions) == (9003, 2)


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(decide, arguments, standalone_mode=False)


@pytest.mark.slow
def test_nothing_is_written_of_what_is_refused(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "decided.ndjson"
    command = [str(many), "--format", "ndjson", "--output", str(out)]
    assert run(command).exit_code == 0
    before = out.read_bytes()
    with many.open("a") as stream:
        stream.write('{"id": "ns-x", "kind": "vmm"}\n')
    done = run(command)
    assert isinstance(done.exception, InventoryInvalid)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decided.ndjson", "inventory.ndjson"]
    to_stdout = run(command[:-2])
    assert isinstance(to_stdout.exception, InventoryInvalid)
    assert to_stdout.stdout == ""


def test_the_inventory_itself_and_what_is_no_file_are_no_output(many: Path, tmp_path: Path) -> None:
    before = many.read_bytes()
    folder = tmp_path / "folder"
    folder.mkdir()
    for out in (many, folder, tmp_path / "inventory.json"):
        done = run([str(many), "--format", "ndjson", "--output", str(out)])
        assert isinstance(done.exception, UsageError)
        assert str(out) in done.exception.message
    assert many.read_bytes() == before
    pieces = tmp_path / "acme" / "inventory"
    pieces.mkdir(parents=True)
    many.rename(pieces / "all.ndjson")
    done = run([str(tmp_path / "acme"), "--format", "ndjson", "--output", str(pieces / "decided.ndjson")])
    assert isinstance(done.exception, UsageError)
    assert [path.name for path in pieces.iterdir()] == ["all.ndjson"]
