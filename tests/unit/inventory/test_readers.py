"""Readers: what a text means, where each part stands, and what is refused with its place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from toolkit.inventory.readers import ReadRefused, read_file
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.place import Place, decode
from toolkit.inventory.readers.yaml_reader import read_yaml

MEANINGS = [
    ("no", "no"),
    ("on", "on"),
    ("YES", "YES"),
    ("2027-01-01", "2027-01-01"),
    ("12:30:45", "12:30:45"),
    ("0o14", 12),
    ("014", 14),
    ("0x1F", 31),
    ("+12", 12),
    ("-0", 0),
    ("1_000", "1_000"),
    ("1e3", 1000),
    ("12.0", 12),
    ("-0.0", 0),
    ("9007199254740992.0", 2**53),
    ("9007199254740994.0", 9007199254740994.0),
    (".5", 0.5),
    ("1.", 1),
    ("1.5e-3", 0.0015),
    ("TRUE", True),
    ("false", False),
    ("~", None),
    ("Null", None),
    ("''", ""),
    ("'12'", "12"),
    ("!!str 12", "12"),
    ("! 12", "12"),
    ("!!int '12'", 12),
    ("!!float 1", 1),
    ("!!float 1.5", 1.5),
    ('"\\u00e9"', "é"),
    ("|\n  a\n  b\n", "a\nb\n"),
    ("=", "="),
    ("!!null ''", None),
    ("[<<]", ["<<"]),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_yaml_core_meaning(text: str, meaning: object) -> None:
    value = read_yaml(f"a: {text}").value["a"]
    assert value == meaning
    assert type(value) is type(meaning)


@pytest.mark.parametrize("text", ["12", "12.0", "-0.0", "1e3", "1.5", "9007199254740992.0", "9007199254740994.0"])
def test_both_readers_mean_the_same_number(text: str) -> None:
    fast = read_json(f'{{"a": {text}}}').value["a"]
    # half a character makes the JSON reader take its slow path
    scanned = read_json(f'{{"a": {text}, "b": "\\ud83d\\ude00"}}').value["a"]
    written = read_yaml(f"a: {text}").value["a"]
    assert fast == scanned == written
    assert type(fast) is type(scanned) is type(written)


REFUSED_YAML = [
    ("a: 1\nb: 2\na: 3", "INV-005", (3, 1)),
    ("{a: 1, 'a': 2}", "INV-005", (1, 8)),
    ("<<: {a: 1}\n<<: {b: 1}", "INV-005", (2, 1)),
    ("1: a", "INV-007", (1, 1)),
    ("~: a", "INV-007", (1, 1)),
    ("true: a", "INV-007", (1, 1)),
    ("{[a]: b}", "INV-007", (1, 2)),
    ("a: &x {b: 1}\n*x : 2", "INV-007", (2, 1)),
    ("a: 1\n---\nb: 1", "INV-007", (2, 1)),
    ("a: !!binary aGk=", "INV-007", (1, 4)),
    ("a: !!set {b}", "INV-007", (1, 4)),
    ("a: !!timestamp 2027-01-01", "INV-007", (1, 4)),
    ("a: !!int twelve", "INV-007", (1, 4)),
    ("a: !mine [1]", "INV-007", (1, 4)),
    ("a: [1, 2", "INV-004", (1, 9)),
    ("a: 'x", "INV-004", (1, 6)),
    ("a: b: c", "INV-004", (1, 5)),
    ("a: *b", "INV-004", (1, 4)),
    ("a: &b [*b]", "INV-006", (1, 8)),
    ("[" * 65 + "]" * 65, "INV-006", (1, 65)),
    ("a: .nan", "INV-008", (1, 4)),
    ("a: -.INF", "INV-008", (1, 4)),
    ("a: 9007199254740993", "INV-008", (1, 4)),
    ("a: 1e400", "INV-008", (1, 4)),
    ("# nothing", "INV-002", (1, 1)),
    ('a: "\\0"', "INV-003", (1, 4)),
    ("<<: [a]", "INV-007", (1, 5)),
]


@pytest.mark.parametrize(("text", "rule", "place"), REFUSED_YAML)
def test_yaml_refused(text: str, rule: str, place: tuple[int, int]) -> None:
    with pytest.raises(ReadRefused) as refused:
        read_yaml(text)
    assert (refused.value.rule, refused.value.place) == (rule, Place(*place))


REFUSED_JSON = [
    ('{"a": 1,\n "a": 2}', "INV-005", (2, 2)),
    ('{"a": [{"\\u0061": 1, "a": 2}]}', "INV-005", (1, 22)),
    ("[NaN]", "INV-008", (1, 2)),
    ("[1,\n -Infinity]", "INV-008", (2, 2)),
    ("[1e400]", "INV-008", (1, 2)),
    ("[9007199254740993]", "INV-008", (1, 2)),
    ("[1" + "0" * 5000 + "]", "INV-008", (1, 2)),
    ('["\\ud800"]', "INV-003", (1, 2)),
    ('["\\u0000"]', "INV-003", (1, 2)),
    # from Python 3.13 on the comma itself is named
    ("[1,]", "INV-004", (1, 3 if sys.version_info >= (3, 13) else 4)),
    ("{'a': 1}", "INV-004", (1, 2)),
    ('["a\nb"]', "INV-004", (1, 4)),
    ("[1] 2", "INV-004", (1, 5)),
    ("[" * 65 + "]" * 65, "INV-006", (1, 65)),
    ("[" * 200_000, "INV-006", (1, 65)),
    ('{"a":' * 70 + "1" + "}" * 70, "INV-006", (1, 321)),
]


@pytest.mark.parametrize(("text", "rule", "place"), REFUSED_JSON)
def test_json_refused(text: str, rule: str, place: tuple[int, int]) -> None:
    with pytest.raises(ReadRefused) as refused:
        read_json(text)
    assert (refused.value.rule, refused.value.place) == (rule, Place(*place))


def test_a_surrogate_pair_is_one_character() -> None:
    assert read_json('["\\ud83d\\ude00"]').value == ["\U0001f600"]


def test_yaml_places() -> None:
    document = read_yaml("a: &x\n  b: [1, é, {c: d}]\ne:\n  <<: *x\n  f: *x\n")
    assert document.locate("/a/b/2/c") == Place(2, 17)
    assert document.locate("/a/b", key=True) == Place(2, 3)
    assert document.locate("/e/b/1") == Place(2, 10)  # merged: where it is written
    assert document.locate("/e/f") == Place(5, 6)  # repeated: where it is asked for
    assert document.locate("/e/f/b/0") == Place(2, 7)
    assert document.locate("/e/nothing/below") == Place(4, 3)
    assert document.locate("/a/b/9") == document.locate("/a/b")
    assert document.locate("/a/b/x") == document.locate("/a/b")
    assert document.locate("") == Place(1, 1)


def test_json_places_with_escaped_keys() -> None:
    document = read_json('{"a/b": {"~": [\r\n true,\r 1]}}')
    assert document.locate("/a~1b/~0/1") == Place(3, 2)
    assert document.locate("/a~1b/~0", key=True) == Place(1, 10)
    assert document.line(2) == " true,"


def test_explicit_keys_win_over_merged_and_earlier_over_later() -> None:
    text = "x: &x {a: 1, b: 1, c: 1}\ny: &y {b: 2, c: 2, d: 2}\nz: {c: 3, <<: [*x, *y]}"
    assert read_yaml(text).value["z"] == {"a": 1, "b": 1, "c": 3, "d": 2}


def test_aliases_cannot_grow_a_document() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    bomb += "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9))
    with pytest.raises(ReadRefused) as refused:
        read_yaml(bomb)
    assert refused.value.rule == "INV-006"


def test_aliases_cannot_deepen_a_document() -> None:
    text = "a0: &a0 " + "[" * 40 + "]" * 40 + "\n" + "b: " + "[" * 40 + "*a0" + "]" * 40
    with pytest.raises(ReadRefused) as refused:
        read_yaml(text)
    assert refused.value.rule == "INV-006"


BYTES = [
    (b"", "INV-002", (1, 1)),
    (b"\xef\xbb\xbf \n", "INV-002", (1, 1)),
    (b"a: b\nc: \xff", "INV-003", (2, 4)),
    ("é\r\né: ".encode() + b"\xc3", "INV-003", (2, 4)),
    (b"a: \x00", "INV-003", (1, 4)),
    (b"a: \xed\xa0\x80", "INV-003", (1, 4)),
    (b"\xff\xfea\x00", "INV-003", (1, 1)),
]


@pytest.mark.parametrize(("content", "rule", "place"), BYTES)
def test_bytes_refused(content: bytes, rule: str, place: tuple[int, int]) -> None:
    with pytest.raises(ReadRefused) as refused:
        decode(content)
    assert (refused.value.rule, refused.value.place) == (rule, Place(*place))


def test_what_is_not_a_regular_file(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(ReadRefused) as refused:
            read_file(path)
        assert refused.value.rule == "INV-001"
