"""Which of several patterns one text can match together: decided over their joint automaton, with the shortest text.

Regular expressions proper are decided (literals, classes, alternatives, groups, repetitions). Where a pattern holds
more (look-around, back references, flags, an anchor inside, non-ASCII ranges) or the automaton grows too large, the
answer is ``None``, and who asks must take every combination for possible.
"""

from __future__ import annotations

import re
import string
from collections import deque
from collections.abc import Iterable, Sequence
from re import _constants as op  # type: ignore[attr-defined]  # what the standard library parses a pattern into
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_STATES = 4_000
MOST_SETS = 20_000
_FOREIGN = "é€\u0663\u00a0"
"""Beyond ASCII: a letter, a sign, a digit and a space; they stand for all other characters of their sort."""
_ALPHABET = string.ascii_lowercase + string.digits + string.ascii_uppercase + string.punctuation + " \t\n\r\x0b\x0c"


class _Undecided(Exception):
    """The pattern is more than a regular expression proper, or too large."""


class _Automaton:
    """A non-deterministic automaton of several patterns; a leaf is a parsed item that takes one character."""

    def __init__(self) -> None:
        self.steps: list[list[tuple[int, int]]] = []
        self.empty: list[list[int]] = []
        self.leaves: list[tuple[Any, Any]] = []

    def state(self) -> int:
        if len(self.steps) >= MOST_STATES:
            raise _Undecided
        self.steps.append([])
        self.empty.append([])
        return len(self.steps) - 1

    def add(self, pattern: str) -> tuple[int, int]:
        """First and last state of a pattern."""
        parsed = parser.parse(pattern)
        if parsed.state.flags & ~re.UNICODE:
            raise _Undecided
        items = list(parsed)
        if items and items[0] in ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BEGINNING_STRING)):
            items = items[1:]
        if items and items[-1] in ((op.AT, op.AT_END), (op.AT, op.AT_END_STRING)):
            items = items[:-1]
        first = self.state()
        return first, self.sequence(items, first)

    def sequence(self, items: Iterable[tuple[Any, Any]], at: int) -> int:
        for kind, said in items:
            at = self.item(kind, said, at)
        return at

    def item(self, kind: Any, said: Any, at: int) -> int:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            after = self.state()
            self.leaves.append((kind, said))
            self.steps[at].append((len(self.leaves) - 1, after))
            return after
        if kind is op.SUBPATTERN and not said[1] and not said[2]:
            return self.sequence(said[3], at)
        if kind is op.BRANCH:
            after = self.state()
            for branch in said[1]:
                self.empty[self.sequence(branch, at)].append(after)
            return after
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, of = said
            return self.repeat(least, most, of, at=at)
        raise _Undecided

    def repeat(self, least: int, most: Any, of: Any, *, at: int) -> int:
        for _ in range(least):
            at = self.sequence(of, at)
        if most is op.MAXREPEAT:
            loop, after = self.state(), self.state()
            self.empty[at].append(loop)
            self.empty[loop].append(after)
            self.empty[self.sequence(of, loop)].append(loop)
            return after
        after = self.state()
        self.empty[at].append(after)
        for _ in range(int(most) - least):
            at = self.sequence(of, at)
            self.empty[at].append(after)
        return after

    def closed(self, states: Iterable[int]) -> frozenset[int]:
        left = list(states)
        found = set(left)
        while left:
            for state in self.empty[left.pop()]:
                if state not in found:
                    found.add(state)
                    left.append(state)
        return frozenset(found)


def combinations(patterns: Sequence[str], *, apart_from: Sequence[str] = ()) -> dict[tuple[str, ...], str] | None:
    """Every combination of patterns that some text matches whole (and no others), each with a shortest such text.

    Texts of ``apart_from`` do not count. None when it cannot be decided.
    """
    automaton = _Automaton()
    try:
        ends = [automaton.add(pattern) for pattern in [*patterns, *map(re.escape, apart_from)]]
        return _explore(automaton, ends, patterns)
    except (_Undecided, RecursionError):
        return None


def _explore(automaton: _Automaton, ends: list[tuple[int, int]], patterns: Sequence[str]) -> dict[tuple[str, ...], str]:
    letters = _letters(automaton.leaves)
    found: dict[tuple[str, ...], str] = {}

    def note(states: frozenset[int], text: str) -> None:
        accepted = [last in states for _, last in ends]
        combination = tuple(p for p, yes in zip(patterns, accepted, strict=False) if yes)
        # a text that is there tells more than an empty one
        if not any(accepted[len(patterns) :]) and not found.get(combination):
            found[combination] = text

    start = automaton.closed(first for first, _ in ends)
    note(start, "")
    seen, queue = {start}, deque([(start, "")])
    while queue:
        states, text = queue.popleft()
        for letter, taken in letters:
            after = automaton.closed({to for state in states for leaf, to in automaton.steps[state] if leaf in taken})
            note(after, text + letter)
            if after not in seen:
                seen.add(after)
                queue.append((after, text + letter))
                if len(seen) > MOST_SETS:
                    raise _Undecided
    return found


def _letters(leaves: list[tuple[Any, Any]]) -> list[tuple[str, set[int]]]:
    """One character for each set of leaves that takes it, so that the rest of the alphabet need not be tried."""
    named = {chr(said) for kind, said in leaves if kind in (op.LITERAL, op.NOT_LITERAL)}
    named |= {chr(said) for kind, some in leaves if kind is op.IN for k, said in some if k is op.LITERAL}
    if named & set(_FOREIGN):
        raise _Undecided
    control = {chr(code) for code in range(128)} - set(_ALPHABET)
    found: dict[frozenset[int], str] = {}
    for letter in [*_ALPHABET, *_FOREIGN, *sorted(named - set(_ALPHABET)), *sorted(control)]:
        found.setdefault(frozenset(i for i, leaf in enumerate(leaves) if _takes(leaf, letter)), letter)
    return [(letter, set(taken)) for taken, letter in found.items()]


def _takes(leaf: tuple[Any, Any], letter: str) -> bool:
    kind, said = leaf
    if kind is op.LITERAL:
        return ord(letter) == int(said)
    if kind is op.NOT_LITERAL:
        return ord(letter) != int(said)
    if kind is op.ANY:
        return letter != "\n"
    negated = said[0][0] is op.NEGATE
    return any(_member(kind, what, letter) for kind, what in said if kind is not op.NEGATE) != negated


def _member(kind: Any, what: Any, letter: str) -> bool:
    if kind is op.LITERAL:
        return ord(letter) == int(what)
    if kind is op.RANGE:
        if what[1] > 127:
            raise _Undecided
        return bool(what[0] <= ord(letter) <= what[1])
    sort = {
        op.CATEGORY_DIGIT: letter.isdecimal(),
        op.CATEGORY_NOT_DIGIT: not letter.isdecimal(),
        op.CATEGORY_SPACE: letter.isspace(),
        op.CATEGORY_NOT_SPACE: not letter.isspace(),
        op.CATEGORY_WORD: letter.isalnum() or letter == "_",
        op.CATEGORY_NOT_WORD: not (letter.isalnum() or letter == "_"),
    }
    if what not in sort:
        raise _Undecided
    return sort[what]
