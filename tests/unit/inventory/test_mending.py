"""Safe corrections: what is corrected, what is left alone, and that nothing else in a file changes."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.inventory import check
from toolkit.inventory.mending import Mended, mend
from toolkit.inventory.mending.changes import changes
from toolkit.inventory.mending.mended import read
from toolkit.inventory.mending.rewriting import address, iso_date, network
from toolkit.inventory.mending.tokens import yaml_written
from toolkit.inventory.readers.yaml_reader import read_yaml
from toolkit.inventory.schema_at import known_values, node_at

ROOT = Path(__file__).resolve().parents[3]
SOUND = (ROOT / "tests/golden/problems/clean/inventory.yaml").read_text()


def mended(folder: Path, text: str, name: str = "inventory.yaml") -> Mended:
    file = folder / name
    file.write_bytes(text.encode())
    return mend(str(file), text, check([file]).problems)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31/12/2028", "2028-12-31"),
        ("31.12.2028", "2028-12-31"),
        ("12/31/2028", "2028-12-31"),
        ("05/05/2028", "2028-05-05"),
        ("2028-1-5", "2028-01-05"),
        ("2028/01/05", "2028-01-05"),
        ("20280105", "2028-01-05"),
        ("05/01/2028", None),
        ("31/02/2028", None),
        ("2028-13-01", None),
        ("31/12/28", None),
        ("31-12/2028", None),
        ("next year", None),
    ],
)
def test_dates_with_one_reading(written: str, meant: str | None) -> None:
    assert iso_date(written) == meant


@pytest.mark.parametrize(
    ("function", "written", "meant"),
    [
        (address, " 10.60.0.11 ", "10.60.0.11"),
        (address, "10.60.0.11/32", "10.60.0.11"),
        (address, "10.060.0.1", None),
        (address, "10.60.0.256", None),
        (address, "10.60.0", None),
        (network, "10.20.0.5/16", "10.20.0.0/16"),
        (network, "10.20.0.0 / 16", "10.20.0.0/16"),
        (network, "10.20.0.0/255.255.0.0", "10.20.0.0/16"),
        (network, "10.020.0.0/16", None),
        (network, "10.20.0.0", None),
        (network, "10.20.0.0/33", None),
    ],
)
def test_addresses_and_networks(function: Any, written: str, meant: str | None) -> None:
    assert function(written) == meant


@pytest.mark.parametrize(
    ("sound", "written"),
    [
        ("language: en", "langauge: en"),
        ("language: en", "'Language' : en"),
        ("language: en", "language: EN"),
        ("start: 2027-01-01", "start: 31/12/2027"),
        ("start: 2027-01-01", '"start": "2027-1-1"'),
        ("environment: production", "environment: 'Production'   # upper"),
        ("support_chain: full_france", "support-chain: full_france"),
        ("support_chain: full_france", "support_chain: fullFrance"),
        ("cidr: 10.30.0.0/16", "cidr: 10.30.7.1/16"),
        ("networks: [10.70.0.0/24]", "networks: [10.70.0.9/24]"),
        ("kind: database", "kind: databse"),
        ("hosted_on: shop-vm-1", "hostedOn: shop-vm-1"),
        ('version: "12"}\n    address: 10.70.0.11', "version: 12.10}\n    address: 10.70.0.11"),
        ('account: "222233334444"', "account: 022233334444"),
        ("address: 10.70.0.11", 'address: " 10.70.0.11"'),
        ("[MONTHLY-3]", "[monthly-3]"),
    ],
)
def test_one_correction_leaves_the_rest_alone(tmp_path: Path, sound: str, written: str) -> None:
    assert sound in SOUND
    text = SOUND.replace(sound, written, 1)
    done = mended(tmp_path, text)
    assert done.edits
    (tmp_path / "inventory.yaml").write_text(done.after)
    assert check([tmp_path]).problems == ()
    for edit in reversed(done.edits):
        assert text[edit.start : edit.end] != edit.text
        text = text[: edit.start] + edit.text + text[edit.end :]
    assert text == done.after


@pytest.mark.parametrize(
    ("sound", "written"),
    [
        ("MONTHLY-3", "MONTHLY-4"),
        ("MONTHLY-3", "monthly-4"),
        ("[MONTHLY-3]", "[monthly-3, MONTHLY-3]"),
        ("[MONTHLY-3]", "[monthly-3, Monthly-3]"),
        ("[lyon-management]", "[lyon-managment]"),
        ("start: 2027-01-01", "start: 05/01/2027"),
        ("address: 10.70.0.11", "address: 10.070.0.11"),
        ("language: en", "language: &l En\n  name2: *l"),
        ("language: en", "language: |\n    En"),
        ("management: managed", "management: unmanaged"),
        ("months: 12", "months: '12'"),
        ("owner: it@globex.example\n    management_level: database", "owner: true\n    management_level: database"),
    ],
)
def test_what_is_in_doubt_is_left_alone(tmp_path: Path, sound: str, written: str) -> None:
    text = SOUND.replace(sound, written, 1)
    assert text != SOUND
    done = mended(tmp_path, text)
    assert done.after == text
    assert check([tmp_path / "inventory.yaml"]).errors


def test_no_key_is_written_twice(tmp_path: Path) -> None:
    for pair in ("langauge: en\n  language: en", "langauge: en\n  lagnuage: fr"):
        text = SOUND.replace("language: en", pair, 1)
        assert mended(tmp_path, text).after == text


def test_an_alias_that_repeats_the_value_stops_every_edit(tmp_path: Path) -> None:
    text = SOUND.replace("contacts: [{role: technical,", "contacts: [&c {role: Technical,", 1)
    text = text.replace("ops@globex.example}]", "ops@globex.example}, *c]", 1)
    done = mended(tmp_path, text)
    value = read_yaml(done.after).value["customer"]["contacts"]
    # both places were problems, so one edit may stand for both; or none is made
    assert [item["role"] for item in value] in (["technical"] * 2, ["Technical"] * 2)


def test_byte_order_mark_windows_ends_and_wide_characters_stay(tmp_path: Path) -> None:
    text = SOUND.replace("name: Globex SAS", 'name: "Globex 日本"  # 😀', 1)
    text = text.replace("criticality: critical", "criticality: Critical # 😀", 1).replace("\n", "\r\n")
    done = mended(tmp_path, text)
    assert done.after == text.replace("criticality: Critical", "criticality: critical")


def test_json_is_corrected_in_place(tmp_path: Path) -> None:
    value = read_yaml(SOUND).value
    value["customer"]["langauge"] = value["customer"].pop("language")
    value["components"][0]["os"]["version"] = 12
    value["tenants"][0]["environment"] = "PRODUCTION"
    text = json.dumps(value, indent="\t").replace('"langauge"', '"l\\u0061ngauge"')
    done = mended(tmp_path, text, "inventory.json")
    assert len(done.edits) == 3
    assert json.loads(done.after)["customer"]["language"] == "en"
    assert json.loads(done.after)["components"][0]["os"]["version"] == "12"
    rows = zip(text.splitlines(), done.after.splitlines(), strict=True)
    assert [new for old, new in rows if new != old] == [
        '\t\t"language": "en"',
        '\t\t\t"environment": "production",',
        '\t\t\t\t"version": "12"',
    ]


def test_other_formats_and_unsound_texts_are_left_alone(tmp_path: Path) -> None:
    assert mend("a.csv", "x,y\n", ()).after == "x,y\n"
    assert mended(tmp_path, "a: [\n").edits == ()
    assert mended(tmp_path, "- 1\n").edits == ()
    assert mended(tmp_path, '{"a": 1, "a": 2}', "a.json").edits == ()


def test_the_diff_shows_no_secret(tmp_path: Path) -> None:
    text = SOUND.replace("access: {user: onboard}", "access: {User: onboard, psk: Tr0ub4dor}", 1)
    text = text.replace("language: en", "langauge: en", 1)
    rows = list(changes("f.yaml", mended(tmp_path, text)))
    assert rows[:6] == [
        "--- f.yaml",
        "+++ f.yaml",
        "@@ -6,3 +6,3 @@",
        "   name: Globex SAS",
        "-  langauge: en",
        "+  language: en",
    ]
    assert "-*** User ***" in rows
    assert "+*** user ***" in rows
    assert "Tr0ub4dor" not in "\n".join(rows)


@given(st.text(max_size=12))
def test_a_written_scalar_means_itself(new: str) -> None:
    for style in ("", "'", '"'):
        if new.isprintable():
            written = yaml_written(new, style)
            assert read_yaml(f"[{written}]").value == [new]


# ---------------------------------------------------------------- nothing else changes


def _leaves(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [steps, *(leaf for key, item in value.items() for leaf in _leaves(item, (*steps, key)))]
    if isinstance(value, list):
        return [leaf for at, item in enumerate(value) for leaf in _leaves(item, (*steps, at))]
    return [steps]


def _spoilt(word: str, chance: random.Random) -> str:
    at = chance.randrange(max(1, len(word) - 1))
    return chance.choice(
        [
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            word[:at] + word[at + 1 :] or "x",
            word.upper(),
            word.replace("_", "-"),
            word + "s",
            word + "#: x",
        ]
    )


def _spoil(value: Any, chance: random.Random) -> None:
    """Break some keys and values of an inventory, by any means."""
    for _ in range(chance.randrange(1, 6)):
        *parents, last = chance.choice([leaf for leaf in _leaves(value) if leaf])
        parent = value
        for step in parents:
            parent = parent[step]
        if isinstance(parent, dict) and chance.random() < 0.5:
            new = _spoilt(last, chance)
            parent.setdefault(new, parent.pop(last))
        elif isinstance(parent[last], str):
            parent[last] = chance.choice(
                [_spoilt(parent[last] or "x", chance), " " + parent[last], 12, "31/12/2028", True]
            )


def _only_the_tokens_differ(done: Mended) -> bool:
    at_before = at_after = 0
    for edit in done.edits:
        same = edit.start - at_before
        if done.before[at_before : edit.start] != done.after[at_after : at_after + same]:
            return False
        at_before, at_after = edit.end, at_after + same + len(edit.text)
    return done.before[at_before:] == done.after[at_after:]


def _expected(value: Any, done: Mended) -> Any:
    wanted = json.loads(json.dumps(value))
    for edit in sorted(done.edits, key=lambda edit: (edit.correction.key, -len(edit.correction.steps))):
        *parents, last = edit.correction.steps
        parent = wanted
        for step in parents:
            parent = parent[step]
        if edit.correction.key:
            assert edit.correction.new not in parent
            parent[edit.correction.new] = parent.pop(last)
        else:
            parent[last] = edit.correction.new
    return wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(), st.sampled_from(["block", "flow", "json", "aliases"]))
def test_only_the_corrected_pointers_change(tmp_path: Path, seed: int, style: str) -> None:
    chance = random.Random(seed)
    value = copy.deepcopy(read_yaml(SOUND).value)
    _spoil(value, chance)
    name = "inventory.json" if style == "json" else "inventory.yaml"
    if style == "json":
        text = json.dumps(value, indent=chance.choice([None, 2]), ensure_ascii=chance.random() < 0.5)
    else:
        if style == "aliases":
            value["components"].append(value["components"][0])
        quote = chance.choice([None, "'", '"'])
        text = yaml.safe_dump(value, sort_keys=False, default_flow_style=style == "flow", default_style=quote)
        text = "# first\n" + text.replace("\n", "  # said\n", 3 if style == "block" and not quote else 0)
    before = read(name, text)
    if before is None:
        return
    for path in tmp_path.iterdir():
        path.unlink()
    done = mended(tmp_path, text, name)
    after = read(name, done.after)
    assert after is not None
    assert json.dumps(after.value, sort_keys=True) == json.dumps(_expected(before.value, done), sort_keys=True)
    assert _only_the_tokens_differ(done)
    # what was corrected is no problem any more, of the same rule at the same place
    (tmp_path / name).write_text(done.after)
    left = {(problem.rule, problem.path) for problem in check([tmp_path / name]).problems}
    for edit in done.edits:
        if not edit.correction.key:
            pointer = "".join(f"/{step}" for step in edit.correction.steps)
            assert (edit.correction.rule, pointer) not in left


def test_the_schema_at_a_pointer_follows_kind_service_and_conditions() -> None:
    value = read_yaml(SOUND).value
    assert "database" in known_values(node_at(value, ("components", 0, "kind")) or {})
    assert "call-manager" not in known_values(node_at(value, ("components", 0, "kind")) or {})
    assert known_values(node_at(value, ("tenants", 0, "environment")) or {})[0] == "production"
    assert "12 digits" in (node_at(value, ("tenants", 0, "platform", "account")) or {})["description"]
    assert (node_at(value, ("components", 0, "depends_on", 0)) or {})["x-refers-to"] == ["components", "links"]
    assert node_at(value, ("components", 0, "nowhere", 0)) is None
    assert node_at(value, ("order",)) is None
    assert "networks" in (node_at(value, ("sites", 0)) or {})["properties"]
    assert node_at("x", ("components", 3, "id")) is not None
