"""Which known word a misspelt one means: for advice generously, for a correction only where there is no doubt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LONGEST = 100
_MANY = 300
"""Comparing with each of thousands takes seconds: beyond this only one slip is looked for, and what begins alike."""
_MOST_COMPARED = 50
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_BETWEEN = re.compile(r"[-_\s]+")
_DIGITS = re.compile(r"[0-9]+")


def nearest(word: str, choices: Iterable[str] | Words) -> str | None:
    """The choice that ``word`` most probably means, for advice; None where none is near."""
    if isinstance(choices, Words):
        return choices.nearest(word[:_LONGEST])
    return _nearest(word[:_LONGEST], tuple(choices))


def sure(word: str, choices: Iterable[str]) -> str | None:
    """The choice that ``word`` means without doubt; None where there is any.

    The same letters in other case or with other separators, another number (plural), or one slip (two in words of eight
    letters and more) with nothing else near. Digits and the first letter are never guessed: ``WEEKLY-3`` is not
    ``WEEKLY-2``, ``unmanaged`` is not ``managed``.
    """
    known = [choice for choice in dict.fromkeys(choices) if len(choice) <= _LONGEST]
    if len(word) > _LONGEST or word in known:
        return None
    for fold in (squashed, _singular):
        same = [choice for choice in known if fold(choice) == fold(word)]
        if same:
            return same[0] if len(same) == 1 else None
    low = squashed(word)
    if len(low) < 4 or len(known) > _MANY:
        return None
    found = sorted((slips(low, squashed(choice)), choice) for choice in known)
    if not found or found[0][0] > (2 if len(low) >= 8 else 1):
        return None
    least, meant = found[0]
    alone = len(found) == 1 or found[1][0] > least + 1
    alike = _DIGITS.findall(word) == _DIGITS.findall(meant) and low[:1] == squashed(meant)[:1]
    return meant if alone and alike else None


def squashed(word: str) -> str:
    """Letters and digits in lower case: ``fullFrance``, ``Full France`` and ``full-france`` are ``fullfrance``."""
    return _BETWEEN.sub("", word).lower()


@lru_cache(maxsize=4096)
def _singular(word: str) -> str:
    low = squashed(word)
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("ses", "xes", "ches")) and len(low) > 4:
        return low[:-2]
    return low[:-1] if low.endswith("s") and not low.endswith("ss") and len(low) > 3 else low


def slips(one: str, other: str, *, most: int = 4) -> int:
    """Letters inserted, left out, changed or swapped with their neighbour; ``most + 1`` stands for any more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    if one == other:
        return 0
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (char != against))
            if row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most and min(above) > most:
            return most + 1
        before, above = above, line
    return min(above[-1], most + 1)


class Words:
    """Known words, looked at once: where thousands of ids are asked about, make one of these and keep it."""

    def __init__(self, choices: Iterable[str]) -> None:
        self.choices = tuple(choices)
        self.by_squashed: dict[str, str] = {}
        self._begun: dict[str, list[str]] = {}
        for choice in self.choices:
            low = squashed(choice)
            self.by_squashed.setdefault(low, choice)
            self._begun.setdefault(low[:4], []).append(low)

    def nearest(self, word: str) -> str | None:
        """See ``nearest``; a fraction of a millisecond for a slip, a few milliseconds for what is like nothing."""
        low, known = squashed(word), self.by_squashed
        if low in known:
            return known[low]
        near = list(known) if len(known) <= _MANY else self._begun.get(low[:4], [])[:_MOST_COMPARED]
        chosen = next((key for key in near if _singular(key) == _singular(low)), None)
        if chosen is None and len(low) > 2:
            chosen = next((key for key in _one_slip(low) if key in known), None)
        chosen = chosen or next(iter(difflib.get_close_matches(low, near, n=1, cutoff=0.6)), None)
        return known[chosen] if chosen else None


def _one_slip(word: str) -> Iterator[str]:
    """Every word that one swap, one letter less, another or one more makes of ``word``."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1)
    yield from (left + right[1:] for left, right in halves if right)
    yield from (left + char + right for left, right in halves for char in _LETTERS)
    yield from (left + char + right[1:] for left, right in halves if right for char in _LETTERS)


@lru_cache(maxsize=16)
def _known(choices: tuple[str, ...]) -> Words:
    return Words(choices)


@lru_cache(maxsize=1024)
def _nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """Remembered, since one mistake is often repeated."""
    return _known(choices).nearest(word)
