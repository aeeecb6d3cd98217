"""Properties that hold for any text: against PyYAML's own loader, against json, and never a traceback."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inventory.load import check_source, findings
from toolkit.inventory.readers import ReadRefused
from toolkit.inventory.readers.json_reader import read_json
from toolkit.inventory.readers.place import Document, decode, pointer
from toolkit.inventory.readers.yaml_reader import read_yaml
from toolkit.inventory.source import Source

# plain scalars that YAML 1.1 calls strings and the core schema of 1.2 does not, or that neither writes
_OTHER_MEANING = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?|0o[0-7]+|[-+]?\.(inf|nan)|", re.IGNORECASE)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=12).filter(
    lambda text: not _OTHER_MEANING.fullmatch(text) and text != "<<"
)
words = st.sampled_from(["no", "on", "yes", "null", "~", "true", "2027-01-01", "a: b", "- x", "#", "é", "1:30", "0x1f"])
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts | words
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=25
)


@given(plain, st.booleans(), st.booleans())
def test_yaml_agrees_with_pyyaml(value: Any, flow: bool, unicode: bool) -> None:
    written = yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=flow, allow_unicode=unicode)
    assert read_yaml(written).value == yaml.load(written, Loader=yaml.CSafeLoader) == value


def leaves(value: Any, *steps: str | int) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, *steps, key)]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, *steps, index)]
    return [(pointer(*steps), value)]


@given(plain, st.none() | st.integers(0, 3), st.booleans())
def test_json_means_what_it_says_and_knows_where(value: Any, indent: int | None, ascii_only: bool) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = read_json(written)
    assert document.value == value
    lines = re.split(r"\r\n|[\r\n\x85\u2028\u2029]", written)
    for path, leaf in leaves(value):
        line, column, *_ = document.locate(path)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest.replace("\u2028", " "))[0] == (
            leaf.replace("\u2028", " ") if isinstance(leaf, str) else leaf
        )


@given(plain.filter(lambda value: isinstance(value, dict | list)))
def test_yaml_knows_where(value: Any) -> None:
    # JSON is YAML, but for escaped pairs of surrogates and the breaks that only YAML 1.1 knows
    written = json.dumps(value, indent=2, ensure_ascii=False).replace("\u2028", "-").replace("\u2029", "-")
    document, by_json = read_yaml(written), read_json(written)
    for path, _ in leaves(value):
        assert document.locate(path) == by_json.locate(path)
        assert document.locate(path, key=True) == by_json.locate(path, key=True)


def any_answer(read: Any, content: bytes) -> Document | None:
    try:
        return read(decode(content))  # type: ignore[no-any-return]
    except ReadRefused:
        return None


MARKS = "a|: |- |\n|  |{|}|[|]|,|\"|'|&x |*x|<<: |!!str |!!int |1|null|>\n|# |---\n|...\n|%YAML 1.2\n|? |\t|\r|~|true"
ODD = [b"|\n", b"\\u0041", b"\\ud800", "é".encode(), b"\xff", b"\x00", "\u2028".encode(), b".inf", b"0x", b"1e999"]
pieces = st.lists(st.sampled_from([*(mark.encode() for mark in MARKS.split("|")), *ODD]), max_size=30).map(b"".join)


@given(st.binary(max_size=60) | pieces)
def test_any_bytes_get_a_clean_answer(content: bytes) -> None:
    for read in (read_yaml, read_json):
        document = any_answer(read, content)
        if document is not None:
            for path, _ in leaves(document.value):
                line, column, *_ = document.locate(path)
                assert line >= 1
                assert column >= 1
            findings(document.value)


small = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
items = st.dictionaries(
    st.sampled_from(["id", "kind", "tenant", "site", "networks", "address", "backup"]), small, max_size=4
)
sections = ["tenants", "sites", "links", "applications", "components", "customer", "provider"]


@given(st.dictionaries(st.sampled_from(sections), small | items | st.lists(items, max_size=3), max_size=4))
def test_any_sections_get_a_clean_answer(value: dict[str, Any]) -> None:
    for finding in findings(value):
        assert finding.message


def test_problems_of_any_text_have_places(tmp_path: Any) -> None:
    path = tmp_path / "inventory.yaml"

    @given(pieces)
    def run(content: bytes) -> None:
        path.write_bytes(content)
        for problem in check_source(Source([path])):
            assert problem.line is not None

    run()
