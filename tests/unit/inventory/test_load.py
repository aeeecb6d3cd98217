"""The entry points: what is an inventory, what a report says, what is refused and how."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from pathlib import Path

import msgspec
import pytest

from toolkit.errors import InventoryInvalid, UsageError
from toolkit.inventory import check, load

ROOT = Path(__file__).resolve().parents[3]
FULL = ROOT / "tests/examples/valid/full.yaml"


def test_the_example_of_the_readme() -> None:
    inventory = load(ROOT / "examples/acme")
    assert inventory.customer.id == "acme"
    assert inventory.customer.commitment.start == dt.date(2027, 1, 1)
    assert [component.id for component in inventory.components] == ["erp-vm-1", "erp-vm-2", "erp-db-1"]
    assert inventory.links[0].from_ == "site/acme-hq"
    assert inventory == load(str(ROOT / "examples/acme/inventory.yaml"))


def test_pieces_are_one_inventory() -> None:
    pieces, whole = load(ROOT / "tests/examples/valid/pieces"), load(FULL)
    assert pieces == whole
    assert load(ROOT / "tests/examples/valid/pieces/inventory") == whole
    assert check([ROOT / "tests/examples/valid/pieces"]).files == 4


def test_formats_and_spellings_mean_the_same() -> None:
    for name in ("full.json", "windows-line-ends.yaml", "byte-order-mark.yaml"):
        assert load(FULL.with_name(name)) == load(FULL)


def test_whole_numbers_may_be_written_with_a_point(tmp_path: Path) -> None:
    assert load(FULL.with_name("integral-numbers.yaml")) == load(FULL)
    text = FULL.with_name("full.json").read_text().replace('"months": 12', '"months": 12.0')
    assert "12.0" in text
    (tmp_path / "inventory.json").write_text(text)
    assert load(tmp_path) == load(FULL)
    assert check([tmp_path, FULL.with_name("integral-numbers.yaml")]).problems == ()


def test_missing_path_is_a_fault_of_usage(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(UsageError) as refused:
            load(path)
        assert refused.value.fix
    with pytest.raises(UsageError):
        check([])
    (tmp_path / "inventory").mkdir()
    with pytest.raises(UsageError):
        load(tmp_path)
    shutil.copy(FULL, tmp_path / "inventory.yaml")
    with pytest.raises(UsageError, match="which is the inventory"):
        load(tmp_path)


def test_refusal_lists_every_problem_as_plain_values(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(FULL.read_text().replace("language: en", "language: es").replace("MONTHLY-3", "MONTHLY-4"))
    with pytest.raises(InventoryInvalid) as refused:
        load(path)
    problems = refused.value.details["problems"]
    assert [(problem["rule"], problem["component"]) for problem in problems] == [
        ("INV-014", None),
        ("INV-012", "shop-db"),
    ]
    json.dumps(refused.value.to_json())


def test_counts_over_several_inventories() -> None:
    report = check([FULL, ROOT / "examples/acme"])
    assert (report.files, report.components, report.problems) == (2, 6, ())


def test_warnings_do_not_stop() -> None:
    report = check([FULL.with_name("initial-with-manager.yaml")])
    assert report.errors == ()
    assert {problem.severity for problem in report.problems} == {"warning"}
    assert load(FULL.with_name("initial-with-manager.yaml")).customer.id


def test_unsound_parts_do_not_hide_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    text = FULL.read_text().replace("application: shop", "application: [shop]", 1)
    path.write_text(
        text.replace("address: 10.70.0.12", "address: 10.1.0.12").replace("environment: production", "env: p")
    )
    assert [(p.rule, p.path) for p in check([path]).problems] == [
        ("INV-011", "/tenants/0"),
        ("INV-010", "/tenants/0/env"),
        ("INV-013", "/components/0/application"),
        ("INV-032", "/components/1/address"),
    ]


def test_a_chain_of_any_length_and_many_components(tmp_path: Path) -> None:
    document = json.loads((FULL.with_name("full.json")).read_text())
    document["sites"][0]["networks"] = ["10.64.0.0/12"]
    vm = document["components"][0]
    document["components"] = [
        {
            **vm,
            "id": f"vm-{n}",
            "address": f"10.{64 + n // 60000}.{n // 250 % 240 + 1}.{n % 250 + 3}",
            "depends_on": [f"vm-{n + 1}"],
        }
        for n in range(1500)
    ]
    document["components"][-1]["depends_on"] = ["vm-0"]
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(document))
    begin = time.monotonic()
    assert [problem.rule for problem in check([path]).problems] == ["INV-022"]
    assert time.monotonic() - begin < 20


def test_strange_names_and_unreadable_pieces(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"inv\xff.yaml")
    odd.write_bytes(b"a: [")
    (problem,) = check([odd]).problems
    json.dumps(msgspec.to_builtins(problem)).encode()
    assert problem.file.isascii()
    with pytest.raises(UsageError):
        check([tmp_path / ("x" * 5000)])
    os.mkfifo(tmp_path / "pipe.yaml")
    assert [p.rule for p in check([tmp_path / "pipe.yaml"]).problems] == ["INV-001"]
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(UsageError):
        check([tmp_path / "loop.yaml"])
