"""CSV: rows with their lines, whatever the cells hold, and the same ones in whatever batches."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.csv_rows import NotText, batches, decoded, rows_of

cells = st.text(alphabet='ab,;"\r\n\t é', max_size=6)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), max_size=12)


def written(rows: list[list[str]], end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


@given(tables, st.sampled_from(("\n", "\r\n", "\r")), st.integers(1, 5))
def test_rows_come_back_with_the_lines_where_they_begin(rows: list[list[str]], end: str, size: int) -> None:
    text = written(rows, end)
    read = rows_of(text, headings="a,b")
    assert read.cells == rows
    assert read.broken is None
    for row, line in enumerate(read.lines):
        before = io.StringIO(written(rows[:row], end), newline=None).read()
        assert line == 1 + before.count("\n")
    parts = list(batches(text, headings="a,b", size=size))
    assert [row for part in parts for row in part.cells] == rows
    assert [line for part in parts for line in part.lines] == list(read.lines)
    assert all(len(part.cells) <= size for part in parts)


@given(st.text(alphabet='ab,"\r\n', max_size=40), st.integers(1, 4))
def test_what_breaks_is_told_with_its_line_and_what_was_before(text: str, size: int) -> None:
    read = rows_of(text, headings=",")
    parts = list(batches(text, headings=",", size=size))
    assert [row for part in parts for row in part.cells] == read.cells
    assert [part.broken for part in parts if part.broken] == ([read.broken] if read.broken else [])
    try:
        whole = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        assert read.broken is not None
        assert read.broken[0] > max(read.lines, default=0)
    else:
        assert read.cells == whole


@pytest.mark.parametrize(
    ("headings", "rows"), [("a;b", [["1", "2,3"]]), ("a\tb", [["1;2,3"]]), ("a,b", [["1;2", "3"]])]
)
def test_the_separator_is_the_headings(headings: str, rows: list[list[str]]) -> None:
    assert rows_of("1;2,3", headings=headings).cells == rows


def test_a_blank_line_is_a_row_without_cells() -> None:
    read = rows_of("a,b\n\n1,2\n", headings="a,b")
    assert (list(read.lines), read.cells) == ([1, 2, 3], [["a", "b"], [], ["1", "2"]])


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    assert decoded("\ufeffa,é".encode()) == "a,é"
    for mark in (b"", codecs.BOM_UTF8):
        with pytest.raises(NotText, match="byte 0xe9 is not UTF-8") as caught:
            decoded(mark + b"a\n\xe9b\n")
        assert caught.value.line == 2
