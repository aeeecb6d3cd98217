"""The fast readers say what the exact one says: in value, in verdict and in place, for any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.inventory.readers import ndjson_reader, open_piece
from toolkit.inventory.readers.fast_json import decode_lines, decode_slices
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.json_slices import PART, JsonPiece, Torn
from toolkit.inventory.readers.ndjson_reader import NdjsonPiece
from toolkit.inventory.readers.piece import Piece, WholePiece
from toolkit.inventory.readers.place import Place, ReadRefused, decode, pointer

ATOMS = [
    *('"a"', '"a:b"', '"{[:"', '""', '"\\""', '"\\\\"', '"\\/"', '"\\u003a"', '"\\u003A\\u0022"', '"\\u0000"', '"\\\\u0000"'),
    *('"\\ud800"', '"\\ud83d\\ude00"', '"é"', '"« »"', '"\x85"', '"\u2028"', '"\x7f"', '"\x9f"', '"\uffff"', '"\x01"', '"\\u0001"'),
    *('"\t"', '"\\t"', '"\\x"', "0", "-0", "-0.0", "12.0", "1e3", "1e400", "0.1", "01", "1.", "NaN", "Infinity", "-Infinity"),
    *("9007199254740992", "9007199254740993", "-9007199254740993", "1" + "0" * 40, "1" + "0" * 5000, '"0123456789012345678"'),
    *("18446744073709551616", "true", "null", "nul", "[]", "{}", "[[1,2]]", '{"a":1,"a":2}', '{"a":{"b":1,"b":1}}'),
    *('{"a":1,"\\u0061":2}', '{"a:":1,"a:":":"}', '{"id" : 1}', '{"id":1,}', "[1,]", "[1 2]", '{"a" 1}', "{1:2}", "'a'"),
    *("[" * 61 + "]" * 61, "[" * 62 + "]" * 62, "[" * 70 + "]" * 70, '{"a":' * 70 + "1" + "}" * 70, "[" * 3000),
]  # fmt: skip
BLANKS = ["", "", "", " ", "\n", "\r\n", "\t", "\r", "  \n ", "\x0c", "\u00a0", "\ufeff"]
KEYS = ['"id"', '"id"', '"kind"', '"a:b"', '"\\u0069d"', '"components"', '"é"', '"k\\u003a"', "id", '"id" ']
NAMES = ['"components"', '"components"', '"components"', '"tenants"', '"compon\\u0065nts"', '"a"', '"schema"']

blanks = st.sampled_from(BLANKS)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
written = st.builds(lambda value, ascii_only: json.dumps(value, ensure_ascii=ascii_only), plain, st.booleans())
values = st.sampled_from(ATOMS) | written


@st.composite
def mappings(draw: Any) -> str:
    """A mapping as text, now and then an unsound one."""
    members = [
        f"{draw(blanks)}{draw(st.sampled_from(KEYS))}:{draw(blanks)}{draw(values)}{draw(blanks)}"
        for _ in range(draw(st.integers(0, 4)))
    ]
    return "{" + ",".join(members) + "}"


@st.composite
def texts(draw: Any) -> str:
    """A JSON inventory as text, with what people and machines do to it."""
    listed = st.lists(mappings() | values, max_size=25).map(lambda items: "[" + ",".join(items) + "]")
    sections = [
        f"{draw(blanks)}{draw(st.sampled_from(NAMES))}{draw(blanks)}:{draw(blanks)}{draw(listed | values)}"
        for _ in range(draw(st.integers(1, 4)))
    ]
    return draw(st.sampled_from(["", "", "\ufeff"])) + "{" + ",".join(sections) + "}" + draw(blanks)


def leaves(value: Any, *steps: str | int) -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pointer(*steps), *(leaf for key, item in inner for leaf in leaves(item, *steps, key))]


def said(piece: Piece) -> Any:
    """Everything that a piece says of its file."""
    try:
        components = [item for batch in piece.batches() for item in batch]
    except ReadRefused as refused:
        return refused.rule, refused.message, refused.place
    assert piece.refused == []
    header = piece.header
    value = (
        {**header, "components": components} if isinstance(header, dict) and header.get("components") == [] else header
    )
    places = [(path, key, piece.locate(path, key=key)) for path in leaves(value) for key in (False, True)]
    return json.dumps(value), repr(value), places, [piece.line(number) for number in range(1, 5)]


def exactly(content: bytes) -> Any:
    try:
        return said(WholePiece("a.json", read_json(decode(content))))
    except ReadRefused as refused:
        return refused.rule, refused.message, refused.place


@given(texts())
@example('{"components":[{"id":1}],"components":[{"id":1}]}')
@example('{"a":{"components":[1]},"components":[1]}')
@example('{"components":[{"a":1\n,"b":"é"},\n {"c":2}],\n "tenants":[1]}')
def test_slices_say_what_the_exact_reader_says(text: str) -> None:
    content = text.encode()
    try:
        piece = JsonPiece("a.json", content)
    except Torn:
        return
    assert said(piece) == exactly(content)


SLICED = [
    '{"components": [{"id": "a"}, {"id": "b", "n": 12.0}], "tenants": [{"id": "é"}]}',
    '{"tenants":\r\n [1],\r\n "components"\r\n:\r\n[{"id":"a:"},\r\n{"id":"é","x":"é"}], "sites":[1,\r\n2]}',
    '{"components":[{"a":1,"a":2}]}',
    '{"components":[1,2,{"b":"\\u003a","b":1}]}',
    '{"components":[9007199254740993]}',
    '\ufeff{"components":[1]}',
]


@pytest.mark.parametrize("text", SLICED)
def test_what_is_read_by_slices(text: str) -> None:
    assert said(JsonPiece("a.json", text.encode())) == exactly(text.encode())


TORN = [
    '{"components":[1, "\\ud800"]}',
    '{"components":[{"a":1}],"components":[{"a":1}]}',
    '{"a":{"components":[1]},"components":[1]}',
    '{"compon\\u0065nts":[1]}',
    '{"components":5}',
    "[1]",
    '{"components":[1],"a":NaN}',
    '{"components":[1],"a":1,"a":1}',
    '{"components":[1\r]}',
    '{"components":[1],"a":"\u2028"}',
    '{"components":[' + "[" * 61 + "]" * 61 + "]}",
]


@pytest.mark.parametrize("text", TORN)
def test_what_the_exact_reader_must_judge(text: str) -> None:
    with pytest.raises(Torn):
        JsonPiece("a.json", text.encode())


@given(st.lists(mappings() | values, min_size=1, max_size=40))
def test_values_of_slices(slices: list[str]) -> None:
    sound = [
        text for text in slices if not isinstance(exactly(text.encode()), tuple) or len(exactly(text.encode())) == 4
    ]
    contents = [text.encode() for text in sound]
    assert repr(decode_slices(contents, lambda index: read_json(decode(contents[index])).value)) == repr(
        [read_json(decode(text)).value for text in contents]
    )


lines = st.lists(
    st.sampled_from(["", " ", '{"id":"a"}', '{"id":"b","x":{"y":1}}', '{"a":1}{"b":2}', '{"a":1},{"b":2}', '{"a":[{"b":1}', '{"c":1}]}'])
    | mappings()
    | values,
    max_size=12,
)  # fmt: skip
ends = st.sampled_from(["\n", "\n", "\r\n"])


@given(lines, ends, st.booleans(), st.integers(1, 60))
@example(['{"a":[{"b":1}', '{"c":1}]}', '{"a":1},{"b":2}'], "\n", True, 1000)
def test_ndjson_says_of_each_line_what_the_exact_reader_says(
    tmp_path_factory: Any, some: list[str], end: str, ended: bool, block: int
) -> None:
    texts = [line for text in some for line in text.split("\n")]
    content = (end.join(['{"schema":"é"}', *texts]) + (end if ended else "")).encode()
    path = tmp_path_factory.mktemp("lines") / "a.ndjson"
    path.write_bytes(content)
    before, ndjson_reader.BLOCK = ndjson_reader.BLOCK, block
    try:
        piece = NdjsonPiece("a.ndjson", path)
        found = [item for batch in piece.batches() for item in batch]
    finally:
        ndjson_reader.BLOCK = before
    expected: list[Any] = []
    refused: list[tuple[str, str, int]] = []
    for number, text in enumerate(content.decode().split("\n"), 1):
        if number == 1 or not text.strip(" \t\r"):
            continue
        try:
            document = read_json(decode(text.rstrip("\r").encode()))
        except ReadRefused as error:
            refused.append((error.rule, error.message, number))
            continue
        expected.append(document.value)
        for leaf in leaves(document.value):
            assert piece.locate(f"/components/{len(expected) - 1}{leaf}").line == number
        assert piece.line(number) == text.rstrip("\r")
    assert repr(found) == repr(expected)
    assert [(error.rule, error.message, error.place.line) for error in piece.refused if error.place] == refused


@given(lines)
def test_lines_are_taken_together_only_when_each_is_one_value(some: list[str]) -> None:
    content = "\n".join(some).encode()
    found = decode_lines(content)
    if found is not None:
        assert repr(found) == repr([read_json(decode(line)).value for line in content.split(b"\n")])


def written_to(path: Path, content: str) -> Piece:
    path.write_text(content, newline="")
    return open_piece(path, path.name)


def test_places_of_ndjson(tmp_path: Path) -> None:
    piece = written_to(tmp_path / "a.ndjson", '{"schema":1}\n\n{"id":"a"}\r\nbad\n{"x":"\u2028","é":[1, 2]}\n')
    assert [item for batch in piece.batches() for item in batch] == [{"id": "a"}, {"x": "\u2028", "é": [1, 2]}]
    assert [(refused.rule, refused.place) for refused in piece.refused] == [("INV-004", Place(4, 1))]
    assert piece.locate("/components/0/id") == Place(3, 7)
    assert piece.locate("/components/1/é/1") == Place(5, 18)
    assert piece.locate("/components/1/é", key=True) == Place(5, 10)
    assert piece.locate("/schema") == Place(1, 11)
    assert piece.line(3) == '{"id":"a"}'
    assert piece.line(9) == ""


REFUSED = [
    ("", "INV-002"),
    ('{"schema":1', "INV-004"),
    ('{"schema":1,"components":[]}\n', "INV-009"),
]


@pytest.mark.parametrize(("content", "rule"), REFUSED)
def test_ndjson_refused(tmp_path: Path, content: str, rule: str) -> None:
    with pytest.raises(ReadRefused) as refused:
        written_to(tmp_path / "a.ndjson", content)
    assert refused.value.rule == rule


def test_a_component_in_the_first_line_is_no_header(tmp_path: Path) -> None:
    piece = written_to(tmp_path / "a.ndjson", '\ufeff{"kind":"vm","schema":"x"}\n')
    assert list(piece.batches()) == [[{"kind": "vm", "schema": "x"}]]
    assert piece.header == {}
    assert piece.locate("/components/0/schema") == Place(1, 23)


def test_a_file_of_other_lines_is_no_ndjson(tmp_path: Path) -> None:
    piece = written_to(tmp_path / "a.ndjson", "x\n" * 10_001)
    with pytest.raises(ReadRefused):
        list(piece.batches())
    assert len(piece.refused) == 10_001


@pytest.mark.slow
def test_large_json_is_read_by_slices(tmp_path: Path) -> None:
    text = json.dumps(
        {"tenants": [], "components": [{"id": f"a-{n}", "text": "é" * 40} for n in range(9000)]}, indent=1
    )
    piece = written_to(tmp_path / "a.json", text)
    assert isinstance(piece, JsonPiece)
    assert [len(batch) for batch in piece.batches()] == [PART] * 9
    document = read_json(text)
    for number in (8999, 0, 4000, 3999):
        assert piece.locate(f"/components/{number}/id") == document.locate(f"/components/{number}/id")
        assert piece.line(number) == document.line(number)
    assert isinstance(written_to(tmp_path / "b.json", text.replace("\n", "\r")), WholePiece)
