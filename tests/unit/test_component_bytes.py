"""Components are hashed from bytes that are written fast and are RFC 8785 all the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from toolkit.canonical import canonical_bytes, component_lines
from toolkit.inventory.schema_files import kinds, whole

keys = st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=8)
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))


@given(st.lists(st.dictionaries(keys, values, max_size=6), max_size=4))
def test_they_are_canonical(some: list[dict[str, Any]]) -> None:
    assert component_lines(some) == [canonical_bytes(value) for value in some]


def test_no_schema_of_a_kind_admits_what_they_are_not_for() -> None:
    def look(node: Any) -> None:
        if isinstance(node, dict):
            assert all(name.isascii() for name in node.get("properties", {}))
            assert node.get("type") != "number"
            assert "number" not in node.get("type", [])
            if node.get("type") == "integer" and "enum" not in node:
                assert -(2**53) < node["minimum"] <= node["maximum"] < 2**53
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            look(inner)

    for kind in kinds():
        look(whole(kind))
