"""Hostile strings in every field: what the schema takes stays text in everything that is made of it, nothing executes."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import pytest
import yaml
from conftest import ROOT

from toolkit.errors import InventoryInvalid
from toolkit.inventory.load import load
from toolkit.rehearsal import lab

real = [pytest.mark.engine, pytest.mark.lab, pytest.mark.slow]
ACME = yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text())
FREE = {
    "customer.name", "customer.contacts.name", "customer.contacts.role", "components.backup.paths",
    "components.licence.support_contract", *(f"build_inputs.{name}.reference" for name in ACME["build_inputs"]),
}  # fmt: skip
"""The fields that take any text of one line; every other one has a form of its own."""
NOT_A_LINE = ("a\nb", "a\x00b", "a\x1b[31mb", "a\x7fb", "a\u0085b", "a\u2028b", "a\ud800b", "\r\n")


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of every text in the inventory."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    elif isinstance(value, str) or path[-1:] in {("start",), ("ends",)}:
        yield path


def put(path: tuple, text: str, folder: Path) -> Path:
    found = copy.deepcopy(ACME)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    file = folder / "inventory.json"
    file.write_text(json.dumps(found, default=str))
    return file


def every_leaf() -> Iterator[Any]:
    """Each text as a case; the same field of a further entry of the same kind is no quick one."""
    seen = set()
    for path in leaves(ACME):
        kind = ACME["components"][path[1]]["kind"] if path[0] == "components" else ""
        field = (kind, *(key for key in path if isinstance(key, str)))
        yield pytest.param(path, id=".".join(map(str, path)), marks=[pytest.mark.slow] if field in seen else [])
        seen.add(field)


@pytest.mark.slow
@pytest.mark.parametrize("path", list(every_leaf()))
def test_a_field_takes_a_hostile_string_as_text_or_refuses_it_with_its_place(path, tmp_path):
    canary = Path(f"/tmp/executed-{os.getpid()}")  # short: a text has 200 characters at most
    field = ".".join(key for key in path if isinstance(key, str))
    lines, folder = set(hostile.strings(canary)), hostile.path(canary)
    no_text = {*NOT_A_LINE, "", "x" * 5000}
    taken = set()
    for word in {*lines, *no_text, folder, " "}:
        try:
            load(put(path, word, tmp_path))
            taken.add(word)
        except InventoryInvalid as error:
            problems = error.details["problems"]
            assert problems
            assert all(problem["fix"] and problem["line"] for problem in problems), problems
    assert not canary.exists()
    assert taken.isdisjoint(no_text)
    if field not in FREE:
        assert taken == set()
    elif field == "components.backup.paths":
        assert taken == {folder}
    else:
        assert taken >= lines


@pytest.mark.slow
@pytest.mark.parametrize("text", NOT_A_LINE, ids=ascii)
def test_what_is_no_line_of_text_ends_in_no_traceback(desk, text):
    found = copy.deepcopy(ACME)
    found["customer"]["name"] = text
    (desk.workspace / "inventory.yaml").unlink()
    (desk.workspace / "inventory").mkdir()
    (desk.workspace / "inventory/all.json").write_text(json.dumps(found, default=str))
    for words in (["validate"], ["plan"], ["rehearse", "--hosts", "none"]):
        done = desk.onboard(words[0], desk.workspace, *words[1:])
        assert done.returncode == 3, done.stderr
        assert "Traceback" not in done.stderr
        assert "\x1b[31m" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def state(rehearsed):
    found = lab.load(rehearsed.desk.rehearsal / "lab")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def on(state):
    """``on(machine, argument…)``: what a command says on a machine; a failure is one of the test."""

    def run(machine: str, *command: str) -> str:
        done = subprocess.run(lab.console(state, machine, *command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (machine, command, done.stdout, done.stderr)
        return done.stdout

    return run


class TestOfARealRehearsal:
    """The rehearsal that the session keeps had such strings in every field that takes them."""

    pytestmark = real

    def test_the_inventory_was_hostile(self, rehearsed):
        inventory = load(rehearsed.desk.workspace)
        words = set(hostile.strings(rehearsed.canary))
        assert {inventory.customer.name, *(contact.name for contact in inventory.customer.contacts)} > words
        paths = [path for part in inventory.components if part.backup for path in part.backup.paths]
        assert paths.count(hostile.path(rehearsed.canary)) == 2

    def test_nothing_was_executed(self, rehearsed, state, on):
        assert not rehearsed.canary.exists()
        for node in state.topology.nodes:
            found = on(node.name, "find", "/", "-xdev", "-name", f"{rehearsed.canary.name}*", "-not", "-path", "/srv/*")
            assert found == "", node.name
        # The command that they carry does work on every machine.
        subprocess.run(["sh", "-c", f"touch {rehearsed.canary}"], check=True)
        rehearsed.canary.unlink()
        for node in state.topology.nodes:
            on(node.name, "sh", "-c", f"touch {rehearsed.canary} && rm {rehearsed.canary}")

    def test_the_backup_has_the_hostile_path(self, rehearsed, on):
        path = hostile.path(rehearsed.canary)
        for host, policies in (("host-erp-vm-1", ("WEEKLY-2", "MONTHLY-12")), ("host-erp-vm-2", ("WEEKLY-1",))):
            for policy in policies:
                lines = on(host, "cat", f"/etc/onboard/backup/{policy}.paths").splitlines()
                assert path in lines
            listed = on(host, "/usr/local/lib/onboard/restic", "snapshots", "--json")
            assert all(path in one["paths"] for one in json.loads(listed))
            assert on(host, "test", "-d", path) == ""

    def test_files_on_the_machines_are_whole(self, state, on):
        said = on("hub", "promtool", "check", "config", "/etc/prometheus/prometheus.yml")
        assert "SUCCESS" in said
        assert "SUCCESS" in on("hub", "amtool", "check-config", "/etc/prometheus/alertmanager.yml")
        for node in state.topology.nodes:
            if node.role in {"hub", "endpoint"}:
                on(node.name, "nft", "-c", "-f", "/etc/onboard/firewall.nft")
            if node.role in {"hub", "endpoint", "cloud"}:
                assert "IKEv2" in on(node.name, "swanctl", "--list-conns")
            if node.role in {"hub", "endpoint", "host"}:
                on(node.name, "sh", "-c", "for f in /etc/systemd/system/onboard-*; do systemd-analyze verify $f; done")
            if node.role in {"hub", "host"}:
                on(node.name, "rsyslogd", "-N1")
        on("hub", "sshd", "-t")

    def test_documents_of_the_run_are_whole(self, rehearsed):
        own = rehearsed.desk.workspace / ".onboard"
        logged = [json.loads(line) for line in (own / "log.ndjson").read_text().splitlines()]
        assert len(logged) > 100
        assert {line["kind"] for line in logged} <= {"started", "progress", "finished", "failed", "waiting"}
        for path in [*own.glob("plans/**/*.json"), *own.glob("evidence/**/*.json")]:
            json.loads(path.read_bytes())
        for path in own.glob("evidence/*/records.ndjson"):
            for line in path.read_bytes().splitlines():
                json.loads(line)
        name = hostile.strings(rehearsed.canary)[0]
        told = json.loads((rehearsed.evidence / "inventory.json").read_bytes())
        assert told["customer"]["name"] == name

    def test_the_report_holds_the_strings_as_text_only(self, rehearsed):
        page = Page()
        page.feed((rehearsed.desk.workspace / rehearsed.outcome["report"]).read_text())
        page.close()
        assert page.open == []
        assert {"script", "img", "iframe", "object", "embed", "form"}.isdisjoint(page.tags)
        assert not any(name.startswith("on") or str(value).startswith("javascript:") for name, value in page.attributes)
        text = "".join(page.text)
        assert hostile.strings(rehearsed.canary)[0] in text

    def test_terminals_get_no_control_characters(self, rehearsed):
        for words in (["report"], ["decide"], ["validate"]):
            done = rehearsed.desk.onboard(words[0], rehearsed.desk.workspace)
            assert done.returncode == 0, done.stderr
            assert not set("\x1b\u202e\u2066\x00") & set(done.stdout + done.stderr), words


class Page(HTMLParser):
    """Tags, attributes and text of a page, and which tags were left open."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
