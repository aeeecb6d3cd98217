"""Other people's text on a terminal: nothing moves the cursor, turns the direction or adds a line."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from toolkit.visible import visible


def test_what_is_written_stays_and_what_acts_is_escaped() -> None:
    assert visible("plain é 日本\u3000\xa0") == "plain é 日本\u3000\xa0"
    assert visible("a\nb\x1b[2J\u202e\ud800\U000e0001") == "a\\x0ab\\x1b[2J\\u202e\\ud800\\U000e0001"


def test_line_feeds_stay_where_they_are_wanted() -> None:
    assert visible("a\nb\rc\td\x85e\u2028f", keep_newlines=True) == "a\nb\\x0dc\\x09d\\x85e\\u2028f"


@given(st.text(alphabet=st.characters()))
def test_nothing_hidden_is_left_and_once_is_enough(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert visible(shown) == shown
