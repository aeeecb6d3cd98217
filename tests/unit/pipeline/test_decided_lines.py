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
from toolkit.errors import InventoryInvalid, Undecided
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


PARTIES = st.sampled_from([("customer", "customer", "none"), ("customer", "provider", "provider"), ("provider",) * 3])
FURTHER = st.fixed_dictionaries(
    {"kind": st.sampled_from(["virtual-desktop", "native-service"]), "tenant": st.just("acme-prod")},
    optional={
        "supervised": st.booleans(),
        "responsibility": PARTIES.map(
            lambda three: dict(
                zip(("infrastructure", "operations", "backend"), three, strict=True), software="customer"
            )
        ),
        "transition_class": st.fixed_dictionaries(
            {"class": st.sampled_from([4, 5]), "reason": st.sampled_from(["agreed on 2026-10-01", "as before"])}
        ),
    },
)


def inventory(further: list[dict[str, Any]]) -> dict[str, Any]:
    value = copy.deepcopy(ACME)
    for number, one in enumerate(further):
        value["components"].append({
            "id": f"x-{number}", "application": "erp", "owner": "dba@acme.example", **one,
            **({"service": "s3"} if one["kind"] == "native-service" else {"users": 10}),
        })  # fmt: skip
    return value


@given(st.lists(FURTHER, max_size=12))
def test_whatever_a_decision_depends_on(
    tmp_path_factory: pytest.TempPathFactory, further: list[dict[str, Any]]
) -> None:
    value = inventory(further)
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value))
    refused = refusal(lambda: decide_all(Workspace(root=path)))
    assert refusal(lambda: write_decided(Workspace(root=path), io.BytesIO())) == refused
    if refused is None:
        held_against(path, value["components"])


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


def test_two_processes_write_the_same_bytes(many: Path, two_processes: None) -> None:
    shared, alone = io.BytesIO(), io.BytesIO()
    written = write_decided(Workspace(root=many), shared)
    passes.TWO_FROM = 1 << 40
    assert write_decided(Workspace(root=many), alone) == written
    assert shared.getvalue() == alone.getvalue()
    assert (written.components, written.decisions) == (9003, 2)


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(decide, arguments, standalone_mode=False)


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
