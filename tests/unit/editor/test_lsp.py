"""The language server, asked by a client over the pipes of a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.editor.lsp_client import Client

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SOUND = (ROOT / "tests/golden/problems/clean/inventory.yaml").read_text()
MISSPELT = (ROOT / "tests/golden/problems/misspelt/inventory.yaml").read_text()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    started = Client()
    yield started
    assert started.close() == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inventory.yaml"


def at(text: str, word: str, *, after: bool = False) -> tuple[int, int]:
    """Line and character (UTF-16) of a word."""
    offset = text.index(word) + (len(word) if after else 0)
    line = text.count("\n", 0, offset)
    return line, len(text[text.rfind("\n", 0, offset) + 1 : offset].encode("utf-16-le")) // 2


def replaced(text: str, edits: list[dict[str, Any]]) -> str:
    """The text as an editor makes it of edits with UTF-16 positions."""
    lines = text.split("\n")
    for edit in sorted(
        edits, key=lambda edit: (edit["range"]["start"]["line"], edit["range"]["start"]["character"]), reverse=True
    ):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        row = lines[start["line"]].encode("utf-16-le")
        row = row[: start["character"] * 2] + edit["newText"].encode("utf-16-le") + row[end["character"] * 2 :]
        lines[start["line"]] = row.decode("utf-16-le")
    return "\n".join(lines)


def test_the_same_problems_at_the_same_places(client: Client, file: Path) -> None:
    found = client.open(file, MISSPELT)
    expected = (ROOT / "tests/golden/problems/misspelt/expected.txt").read_text()
    for problem in found:
        start = problem["range"]["start"]
        assert f"inventory.yaml:{start['line'] + 1}:{start['character'] + 1}\n" in expected
        assert f"[{problem['code']}]" in expected
    assert len(found) == 9
    assert [problem["severity"] for problem in found].count(2) == 1
    assert found[0]["message"] == 'unknown field "langauge"\nfix: did you mean "language"?'
    assert found[0]["range"]["end"]["character"] == 2 + len("langauge")


def test_problems_come_and_go_while_typing(client: Client, file: Path) -> None:
    assert client.open(file, SOUND) == []
    client.change(file, SOUND.replace("language: en", "language: e"))
    client.change(file, SOUND.replace("language: en", "language: "))
    client.change(file, SOUND.replace("language: en", "language: de"))
    found = client.published(file)
    assert [problem["code"] for problem in found] == ["INV-014"]
    client.change(file, SOUND + "  - [")
    assert [problem["code"] for problem in client.published(file)] == ["INV-004"]
    client.change(file, SOUND)
    assert client.published(file) == []
    client.tell("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
    assert client.published(file) == []


def test_columns_are_utf_16(client: Client, file: Path) -> None:
    text = SOUND.replace("{role: technical, name: Operations", '{name: "😀😀 日", Role: technical')
    problem = client.open(file, text)[0]
    line, character = at(text, "Role")
    assert problem["range"] == {
        "start": {"line": line, "character": character},
        "end": {"line": line, "character": character + 4},
    }
    assert "Name of the person" in client.at("hover", file, *at(text, "😀😀"))["contents"]["value"]
    actions = corrections(client, file, problem["range"])
    assert replaced(text, actions[0]["edit"]["changes"][file.as_uri()]) == text.replace("Role", "role")


def test_another_encoding_is_agreed_on(tmp_path: Path) -> None:
    text = SOUND.replace("{role: technical, name: Operations", '{name: "😀", Role: technical')
    for encoding, units in (("utf-8", 4), ("utf-32", 1)):
        own = Client(encodings=[encoding])
        assert own.capabilities["positionEncoding"] == encoding
        start = own.open(tmp_path / "inventory.yaml", text)[0]["range"]["start"]["character"]
        assert start == len('  contacts: [{name: "') + units + len('", ')
        own.close()


def corrections(client: Client, file: Path, where: dict[str, Any]) -> list[dict[str, Any]]:
    params = {"textDocument": {"uri": file.as_uri()}, "range": where, "context": {"diagnostics": []}}
    found: list[dict[str, Any]] = client.ask("textDocument/codeAction", params)
    return found


def test_corrections_are_those_of_fix(client: Client, file: Path) -> None:
    from toolkit.inventory import check
    from toolkit.inventory.mending import mend

    file.write_text(MISSPELT)
    client.open(file, MISSPELT)
    line, character = at(MISSPELT, "langauge")
    where = {"start": {"line": line, "character": character}, "end": {"line": line, "character": character}}
    one, every = corrections(client, file, where)
    assert (one["title"], one["kind"]) == ("Write language", "quickfix")
    assert replaced(MISSPELT, one["edit"]["changes"][file.as_uri()]) == MISSPELT.replace("langauge", "language")
    assert every["kind"] == "source.fixAll"
    mended = mend(str(file), MISSPELT, check([file]).problems)
    assert replaced(MISSPELT, every["edit"]["changes"][file.as_uri()]) == mended.after != MISSPELT
    only = {"textDocument": {"uri": file.as_uri()}, "range": where, "context": {"diagnostics": [], "only": ["source"]}}
    assert [action["kind"] for action in client.ask("textDocument/codeAction", only)] == ["source.fixAll"]
    client.change(file, "# another line above\n" + MISSPELT)
    # what was found in another text is not applied to this one
    assert corrections(client, file, where) == []
    client.published(file)


@pytest.mark.parametrize(
    ("sound", "typed", "offered"),
    [
        ("tenant: globex-prod", "tenant: ", ["globex-prod"]),
        ("site: globex-lyon", "site: glo", ["globex-lyon"]),
        ("application: shop", "application: s", ["shop"]),
        ("hosted_on: shop-vm-1", "hosted_on: ", ["shop-vm-1", "shop-vm-2"]),
        ("depends_on: [lyon-management]", "depends_on: [", ["shop-vm-1", "shop-vm-2", "lyon-management", "prod-lyon"]),
        ("depends_on: [lyon-management]", "depends_on: [shop-vm-1, ", ["shop-vm-2", "lyon-management"]),
        ("environment: production", "environment: pre", ["production", "preproduction", "integration", "development"]),
        ("kind: database", "kind: ", ["vm", "database", "middleware"]),
        ("platform: {kind: aws,", "platform: {kind: ", ["aws", "azure"]),
        ("to: provider, routing: static}", "to: ", ["provider", "tenant/globex-prod", "site/globex-lyon"]),
        ("policies: [MONTHLY-3]", "policies: [MON", ["WEEKLY-1", "MONTHLY-3"]),
        ("profile: paris-1", "profile: ", ["paris-1"]),
        ("    management_level: os", "    man", ["responsibility", "management_level"]),
        ("  language: en", "  l", ["language"]),
        ("    hosted_on: shop-vm-1", "    ", ["hosted_on", "version", "licence"]),
        ("commitment: {start: 2027-01-01, months: 12}", "commitment: {start: 2027-01-01, mo", ["months"]),
        ("  - id: shop-vm-2", "  - ", ["id"]),
    ],
)
def test_completion(client: Client, file: Path, sound: str, typed: str, offered: list[str]) -> None:
    assert sound in SOUND
    text = SOUND.replace(sound, typed + "↑", 1)
    line, character = at(text, "↑")
    text = text.replace("↑", "")
    client.open(file, text)
    labels = client.labels(file, line, character)
    assert offered == [label for label in labels if label in offered], labels
    assert labels[0] == offered[0]
    assert len(set(labels)) == len(labels)


def test_keys_that_are_there_are_not_offered_and_required_ones_come_first(client: Client, file: Path) -> None:
    text = SOUND.replace("    hosted_on: shop-vm-1\n", "    ↑\n")
    where = at(text, "↑")
    client.open(file, text.replace("↑", ""))
    items = sorted(client.at("completion", file, *where)["items"], key=lambda item: item["sortText"])
    assert items[0]["label"] == "hosted_on"
    assert items[0]["textEdit"]["newText"] == "hosted_on: "
    assert items[0]["documentation"]
    assert not {"id", "kind", "backup"} & {item["label"] for item in items}


def test_a_key_with_its_colon_is_replaced_alone(client: Client, file: Path) -> None:
    text = SOUND.replace("language: en", "lan: en")
    client.open(file, text)
    line, character = at(text, "lan:")
    item = client.at("completion", file, line, character + 2)["items"][0]
    assert replaced(text, [item["textEdit"]]) == SOUND


def test_completion_in_json(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "inventory.json"
    start = '{"schema": "onboarding/inventory/v1", "service": "managed-applications", '
    for typed, offered in (
        ('"tenants": [{"id": "a-b", "environment": "', "production"),
        ('"tenants": [{"id": "a-b", "environment": ', "production"),
        ('"tenants": [{"id": "a-b", "env', "environment"),
        ('"customer": {"id": "x", ', "name"),
        ('"tenants": [{"id": "a-b"}], "components": [{"id": "c", "kind": "vm", "tenant": "', "a-b"),
    ):
        for rest in ("", '"}]}' if typed.endswith('"') else "}]}"):
            client.open(file, start + typed + rest)
            assert offered in client.labels(file, 0, len(start + typed)), typed + rest
    text = start + '"tenants": [{"environment": "'
    client.open(file, text)
    assert client.at("completion", file, 0, len(text))["items"][0]["textEdit"]["newText"] == "production"


def test_ids_of_other_pieces_are_offered_and_their_problems_shown(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    folder.mkdir()
    head, _, tail = SOUND.partition("components:\n")
    (folder / "a.yaml").write_text(head)
    text = "components:\n" + tail.replace("tenant: globex-prod", "tenant: ", 1)
    (folder / "b.yaml").write_text("components:\n" + tail)
    client.open(folder / "b.yaml", text)
    assert client.labels(folder / "b.yaml", *at(text, "tenant: ", after=True)) == ["globex-prod"]
    client.open(folder / "a.yaml", head.replace("id: globex-prod", "id: globex-test"))
    found = client.published(folder / "b.yaml")
    assert {problem["code"] for problem in found} >= {"INV-020"}


def test_hover_says_what_schema_and_rule_say(client: Client, file: Path) -> None:
    client.open(file, MISSPELT)

    def told(word: str) -> str:
        found = client.at("hover", file, *at(MISSPELT, word))
        return found["contents"]["value"] if found else ""

    assert "support" in told("support_level").lower()
    assert "`premium`" in told("premium")
    assert "12 digits" in told("222233334444")
    assert "INV-030" in told("10.30.0.1/16")
    assert "RFC 4632" in told("10.30.0.1/16")
    assert "Absolute paths of files" in told("/srv")
    assert told("# yaml") == ""
    assert "Globex" not in told("Globex SAS")


def test_other_files_are_left_alone(client: Client, tmp_path: Path) -> None:
    other = tmp_path / "docker-compose.yaml"
    assert client.open(other, "services:\n  web: {}\n") == []
    assert client.labels(other, 0, 0) == []


def test_hostile_texts_end_no_server(client: Client, file: Path) -> None:
    for text in (
        "\x00",
        "[" * 2000,
        "a: &a [*a]",
        "schema: onboarding/inventory/v1\n? {a: b}\n: - - -\n",
        "\ufeff{",
        '{"a": "\\ud800"}',
    ):
        client.open(file, text)
        client.labels(file, 0, 1)
        client.at("hover", file, 0, 0)
    assert client.open(file, SOUND) == []


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls").mkdir()
    (tmp_path / "pygls/__init__.py").write_text("raise ModuleNotFoundError(name='pygls')")
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli.main", "lsp"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 13
    assert "pip install 'onboarding-toolkit[editor]'" in done.stderr
