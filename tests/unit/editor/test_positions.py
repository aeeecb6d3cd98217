"""Positions survive the way to an editor and back, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.editor.positions import Positions
from toolkit.inventory.readers.place import Place, place_at

TEXT = st.text(st.sampled_from("ab é日😀\n\r\x85\u2028\t"), max_size=40)


@given(TEXT, st.integers(0, 40), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_there_and_back(text: str, offset: int, encoding: str) -> None:
    offset = min(offset, len(text))
    positions = Positions(text, encoding)
    line, character = positions.of_offset(offset)
    if text[offset - 1 : offset + 1] != "\r\n" and text[offset : offset + 1] != "\n":
        assert positions.offset(line, character) == offset
    assert positions.offset_of_place(positions.place(offset)) == offset
    if text[offset - 1 : offset + 1] != "\r\n":
        assert positions.place(offset) == place_at(text, offset)


def test_units_and_bounds() -> None:
    positions = Positions("é😀b\u2028c\nx")
    assert positions.of_place(Place(1, 3)) == (0, 3)
    assert positions.of_place(Place(2, 1)) == (0, 5)
    assert positions.of_place(Place(3, 1)) == (1, 0)
    assert positions.of_place(Place(99, 1)) == (1, 1)
    assert positions.offset(0, 99) == 5
    assert positions.offset(99, 0) == 7
    assert Positions("é😀", "utf-8").of_offset(2) == (0, 6)
    with pytest.raises(KeyError):
        Positions("", "latin-1")
