"""The streaming check: formats and batches make no difference, and a line that cannot be read costs only itself."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import OnboardError
from toolkit.inventory import check, load, passes
from toolkit.inventory import two_processes as two_processes_module
from toolkit.inventory.circles import circles
from toolkit.inventory.components import Components
from toolkit.inventory.finding import looks_secret
from toolkit.inventory.load import survey
from toolkit.inventory.networks import placed, room
from toolkit.inventory.readers import JSON_SLICED_FROM
from toolkit.inventory.readers.json_slices import JsonPiece
from toolkit.inventory.schema_files import kinds, schema, whole
from toolkit.inventory.secret_rules import may_hold_secret, smells
from toolkit.inventory.source import Source

ROOT = Path(__file__).resolve().parents[3]
FULL = json.loads((ROOT / "tests/examples/valid/full.json").read_text())


def broken(count: int) -> dict[str, Any]:
    """A large inventory with mistakes of every sort, here and there."""
    vm, _, database = FULL["components"]
    header = {**FULL, "sites": [{**FULL["sites"][0], "networks": ["10.64.0.0/12"]}]}
    items: list[Any] = []
    for number in range(count):
        address = f"10.{64 + number // 60000}.{number // 250 % 240 + 1}.{number % 250 + 3}"
        items.append({**vm, "id": f"vm-{number}", "address": address})
        items.append({**database, "id": f"db-{number}", "hosted_on": f"vm-{number}"})
    if count >= 60:
        items[7]["management_levl"] = "os"
        items[20] = {**items[20], "tenant": "globex-prd"}
        items[30] = {**items[30], "address": items[40]["address"]}
        items[51]["hosted_on"] = "vm-x"
        items[53] = {**items[53], "depends_on": [f"db-{count - 1}", "nothing"]}
        items[-1]["depends_on"] = [items[53]["id"]]
        items[60] = {**items[60], "id": "vm-1"}
        items[70] = {**items[70], "password": "hunter2"}
        items[73] = {**items[73], "backup": {"policies": ["WEEKLY-9"], "paths": ["AKIAABCDEFGHIJKLMNOP"]}}
        items[80] = {**items[80], "address": "10.1.1.1"}
        items[91] = {**items[91], "hosted_on": items[93]["id"]}
        items[90].pop("management_level")
        items[96] = {**items[96], "management_level": 5}
    return {**header, "components": items}


def written(folder: Path, value: dict[str, Any], name: str) -> Path:
    header = {key: inner for key, inner in value.items() if key != "components"}
    items = value["components"]
    path = folder / name
    if name.endswith(".ndjson"):
        path.write_text("\n".join(json.dumps(line) for line in (header, *items)) + "\n")
    elif name == "inventory":
        path.mkdir()
        third = len(items) // 3
        (path / "a.yaml").write_text(json.dumps({**header, "components": items[:third]}))
        (path / "b.json").write_text(json.dumps({"components": items[third : 2 * third]}))
        (path / "c.ndjson").write_text("\n".join(json.dumps(line) for line in items[2 * third :]))
    else:
        path.write_text(json.dumps(value, indent=1))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("count", [48, 60, 3000])
def test_one_inventory_in_any_shape_has_the_same_problems(tmp_path: Path, count: int) -> None:
    value = broken(count)
    found = {}
    for name in ("a.json", "a.yaml", "a.ndjson", "inventory"):
        path = written(tmp_path, value, name)
        report = check([path])
        assert report.components == 2 * count
        found[name] = {(p.rule, p.path, p.message, p.fix, p.severity, p.component) for p in report.problems}
        for problem in report.problems:
            line = report.snippets[problem.file, problem.line or 0]
            step = problem.path.rpartition("/")[2]
            if "***" not in line and step.isalpha() and problem.rule not in ("INV-011", "INV-040", "INV-062"):
                assert f'"{step}"' in line
    assert len({frozenset(some) for some in found.values()}) == 1
    if count == 3000:
        assert (tmp_path / "a.json").stat().st_size > JSON_SLICED_FROM
        assert {rule for rule, *_ in found["a.json"]} >= {
            "INV-010",
            "INV-013",
            "INV-020",
            "INV-021",
            "INV-022",
            "INV-024",
        }
        assert {rule for rule, *_ in found["a.json"]} >= {
            "INV-012",
            "INV-032",
            "INV-033",
            "INV-040",
            "INV-062",
            "INV-063",
        }


def test_the_model_is_the_same_in_any_shape(tmp_path: Path) -> None:
    value = broken(40)
    models = [load(written(tmp_path, value, name)) for name in ("a.json", "a.ndjson", "inventory")]
    assert models[0] == models[1] == models[2]
    assert len(models[0].components) == 80


def test_a_line_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    path = written(tmp_path, broken(60), "a.ndjson")
    lines = path.read_text().split("\n")
    lines[1] = lines[1][:-1]
    lines[50] = lines[50].replace('"owner"', '"owner": 1, "owner"')
    path.write_text("\n".join(lines))
    report = check([path])
    assert report.components == 118
    assert [(p.rule, p.line) for p in report.problems if p.rule in ("INV-004", "INV-005")] == [
        ("INV-004", 2),
        ("INV-005", 51),
    ]
    rules = {problem.rule for problem in report.problems}
    # whether what is referred to stands in one of those lines cannot be said; what is there is judged
    assert rules >= {"INV-012", "INV-021", "INV-022"}
    unresolved = [problem for problem in report.problems if problem.rule == "INV-020"]
    assert {problem.path.rpartition("/")[2] for problem in unresolved} == {"tenant"}


def test_a_piece_that_is_no_mapping_is_told_beside_one_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    folder.mkdir()
    (folder / "a.json").write_text("[1, 2]")
    (folder / "b.json").write_text("{")
    assert {(Path(p.file).name, p.rule) for p in check([folder]).problems} == {
        ("a.json", "INV-013"),
        ("b.json", "INV-004"),
    }


def test_a_byte_that_is_no_text_is_told_in_a_large_file(tmp_path: Path) -> None:
    path = written(tmp_path, broken(3000), "a.json")
    content = path.read_bytes()
    assert len(content) > JSON_SLICED_FROM
    at = content.index(b'"owner"', len(content) // 2)
    path.write_bytes(content[: at + 10] + b"\xe9" + content[at + 10 :])
    report = check([path])
    assert [(problem.rule, problem.line) for problem in report.problems] == [
        ("INV-003", content.count(b"\n", 0, at) + 1)
    ]


def test_pieces_are_all_looked_at_when_one_cannot_be_read(tmp_path: Path) -> None:
    folder = written(tmp_path, broken(3000), "inventory")
    whole = check([folder]).problems
    content = (folder / "b.json").read_text()
    assert len(content) > JSON_SLICED_FROM
    (folder / "b.json").write_text(content.replace('"owner"', '"owner": 1, "owner"', 1))
    (folder / "c.ndjson").write_text((folder / "c.ndjson").read_text() + "\nbad\n")
    told = check([folder]).problems
    apart = [problem for problem in told if Path(problem.file).name == "a.yaml"]
    assert {problem.rule for problem in apart} == {"INV-010", "INV-013", "INV-040"}
    # each as it is told where all can be read; of what refers to others nothing is said
    assert [problem for problem in apart if problem not in whole] == []
    assert {(Path(p.file).name, p.rule) for p in told if p not in apart} == {
        ("b.json", "INV-005"),
        ("c.ndjson", "INV-004"),
    }


edges = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14)


@given(edges)
def test_circles_are_found_exactly_where_there_are_some(pairs: list[tuple[int, int]]) -> None:
    ordered = [(source, target, label) for label, (source, target) in enumerate(sorted(pairs))]
    found = list(circles(ordered, 7, lambda _: True, list("abcdefg")))
    left = {(source, target) for source, target, label in ordered if label not in {label for _, label, _ in found}}
    # without the edges that close one there is none: something is left that nothing leads to, until nothing is left
    while left:
        roots = {source for source, _ in left} - {target for _, target in left}
        assert roots
        left = {(source, target) for source, target in left if source not in roots}
    for source, label, said in found:
        names = said.split(" → ")
        assert names[0] == names[-1] == "abcdefg"[ordered[label][1]]
        assert names[-2] == "abcdefg"[source]
        steps = {("abcdefg"[source], "abcdefg"[target]) for source, target, _ in ordered}
        assert set(pairwise(names)) <= steps


@pytest.mark.slow
def test_many_circles_of_any_length_take_no_time() -> None:
    size = 200_000
    chain = ((source, target, 0) for source in range(size) for target in ((source + 1) % size, 0))
    begin = time.monotonic()
    assert sum(1 for _ in circles(chain, size, lambda _: True, ["a"] * size)) > size
    assert time.monotonic() - begin < 20


@given(
    st.from_regex(r"[0-9a.]{1,16}|(0{0,2}[0-9]{1,3}\.){3}[0-9]{1,3}", fullmatch=True)
    | st.text(max_size=8)
    | st.ip_addresses(v=4).map(str)
)
def test_addresses_are_those_of_the_library(text: str) -> None:
    number, finding = placed("/address", text, room("nowhere", []))
    try:
        assert number == int(IPv4Address(text))
        assert finding is None
    except AddressValueError:
        assert number is None
        assert finding is not None


SECRETS = [
    "-----BEGIN RSA PRIVATE KEY-----", "PuTTY-User-Key-File-2: x", "AGE-SECRET-KEY-1X", "AKIAABCDEFGHIJKLMNOP", "ASIAABCDEFGHIJKLMNOP",
    *(f"gh{letter}_{'a' * 30}" for letter in "pousr"), *(f"xox{letter}-{'a' * 10}" for letter in "abprs"),
    "https://user:word@host/", "see postgres://u:p@h",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_every_shape_of_a_secret_is_looked_at(secret: str) -> None:
    assert looks_secret(secret)
    assert may_hold_secret(json.dumps({"a": f"« {secret} »"}, ensure_ascii=False).encode())
    vm = {**FULL["components"][0], "licence": {"support_contract": secret, "ends": "2028-12-31"}}
    part = Components(FULL).part([FULL["components"][0], vm])
    assert [(number, finding.rule) for number, finding in part.told if finding.rule == "INV-040"] == [(1, "INV-040")]


def test_no_field_of_a_sound_component_smells_of_a_secret() -> None:
    """What keeps to its schema is searched for shapes only, so no name there may be one of a secret, nor open."""

    def names(node: Any) -> list[str]:
        if isinstance(node, list):
            return [name for inner in node for name in names(inner)]
        if not isinstance(node, dict):
            return []
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False or node.get("unevaluatedProperties") is False, node
        return [*node.get("properties", {}), *(name for inner in node.values() for name in names(inner))]

    assert kinds()
    assert schema()
    for kind in kinds():
        assert [name for name in names(whole(kind)) if smells(name)] == []


def two_from(size: int) -> int:
    before, passes.TWO_FROM = passes.TWO_FROM, size
    return before


@pytest.fixture
def two_processes() -> Iterator[None]:
    before = two_from(1)
    yield
    two_from(before)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
@pytest.mark.parametrize("unsound", [False, True])
def test_two_processes_find_the_same_in_the_same_order(
    tmp_path: Path, two_processes: None, name: str, *, unsound: bool
) -> None:
    path = written(tmp_path, broken(9000), name)
    lines = path.read_text().split("\n")
    if unsound:
        number = next(number for number, line in enumerate(lines) if number > len(lines) // 2 and '"owner"' in line)
        lines[number] = lines[number].replace('"owner"', '"owner": 1, "owner"')
        path.write_text("\n".join(lines))
    shared = check([path])
    before = two_from(1 << 40)
    alone = check([path])
    two_from(before)
    assert shared == alone
    assert ("INV-005" in {problem.rule for problem in shared.problems}) is unsound
    if not unsound:
        assert {problem.path.rpartition("/")[2] for problem in shared.problems} >= {"tenant", "address", "hosted_on"}


def failing(_: Any) -> Any:
    """Of a header, a function of components: fails in the second process only."""

    def fail(_: list[Any]) -> int:
        if os.getpid() != MAIN:
            raise RuntimeError("no more")
        return 1

    return fail


def dying(_: Any) -> Any:
    """The same, and without a word."""

    def die(_: list[Any]) -> int:
        if os.getpid() != MAIN:
            os.kill(os.getpid(), signal.SIGKILL)
        return 1

    return die


MAIN = int(os.environ.setdefault("ONBOARD_TEST_MAIN", str(os.getpid())))


@pytest.mark.slow
@pytest.mark.parametrize(("also", "said"), [(failing, "RuntimeError: no more"), (dying, "ended before its work")])
def test_a_second_process_that_fails_is_an_error(tmp_path: Path, two_processes: None, also: Any, said: str) -> None:
    path = written(tmp_path, broken(9000), "a.ndjson")
    with pytest.raises(OnboardError, match=said):
        survey(Source([path]), also)


@pytest.mark.slow
def test_a_part_that_cannot_be_handed_over_is_an_error(
    tmp_path: Path, two_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = JsonPiece.task

    def no_memory(piece: JsonPiece, number: int) -> Any:
        if threading.current_thread() is not threading.main_thread():
            raise MemoryError
        return task(piece, number)

    monkeypatch.setattr(JsonPiece, "task", no_memory)
    with pytest.raises(OnboardError, match="ended before its work"):
        check([written(tmp_path, broken(9000), "a.json")])


@pytest.mark.slow
def test_a_second_process_ends_with_the_first_in_the_middle_of_a_word() -> None:
    start = two_processes_module._START.format(two_processes_module.__name__)
    setting = ({"components": []}, None, JsonPiece.read_part)
    task = pickle.dumps((0, [b'{"id": "a"}'] * 1000))
    for cut in (1, len(task) // 2, len(task) - 1):
        with subprocess.Popen([sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            child.communicate(pickle.dumps(sys.path) + pickle.dumps(setting) + task[:cut], timeout=20)
        assert child.returncode == 0


PROGRAM = """
import sys
from pathlib import Path
from toolkit.inventory import check, passes
passes.TWO_FROM = 1
print("started", flush=True)
while True:
    check([Path(sys.argv[1])])
"""


def test_an_interrupt_ends_both_processes(tmp_path: Path) -> None:
    path = written(tmp_path, broken(9000), "a.ndjson")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, path], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as program:  # fmt: skip
        assert program.stdout is not None
        assert program.stdout.readline() == b"started\n"
        deadline = time.monotonic() + 60
        while not (others := children(program.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    assert program.returncode != 0
    assert others
    deadline = time.monotonic() + 30
    while (left := [other for other in others if Path(f"/proc/{other}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
