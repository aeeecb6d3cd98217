"""What a cell of a decision table says about a fact, and what a fact may be at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import msgspec

Scalar = bool | int | float | str
Number = int | Decimal


class Range(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """From a number to a number: ``min`` and ``max`` belong to it, ``above`` and ``below`` do not. One of each side."""

    min: int | float | None = None
    above: int | float | None = None
    max: int | float | None = None
    below: int | float | None = None

    @property
    def low(self) -> tuple[Number, bool] | None:
        """The lower bound and whether it belongs to the range; None where there is none."""
        return _bound(self.min, self.above)

    @property
    def high(self) -> tuple[Number, bool] | None:
        """The upper bound, as ``low``."""
        return _bound(self.max, self.below)

    def holds(self, value: Number) -> bool:
        low, high = self.low, self.high
        return (low is None or value > low[0] or (low[1] and value == low[0])) and (
            high is None or value < high[0] or (high[1] and value == high[0])
        )

    @property
    def text(self) -> str:
        words = (("at least", self.min), ("above", self.above), ("at most", self.max), ("below", self.below))
        return " and ".join(f"{word} {number}" for word, number in words if number is not None)


class Tests(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A cell that is more than a list; exactly one of its fields is given. ``pattern`` must match the whole text."""

    in_: tuple[Scalar, ...] | None = msgspec.field(name="in", default=None)
    range: Range | None = None
    pattern: str | None = None
    exists: bool | None = None


Cell = tuple[Scalar, ...] | Literal["-"] | Tests


class Domain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a fact may be: one of ``values``, a number in ``range``, or a text. ``optional``: or absent."""

    type: Literal["values", "integer", "decimal", "text"]
    values: tuple[Scalar, ...] = ()
    range: Range = Range()
    optional: bool = False


def domain_of(said: tuple[Scalar, ...] | Domain) -> Domain:
    return said if isinstance(said, Domain) else Domain(type="values", values=said)


def knows(domain: Domain, value: Any) -> bool:
    """Whether a value, not None, lies in the domain; ``true`` is no number, and NaN is nothing."""
    if domain.type == "values":
        return listed(value, domain.values)
    if domain.type == "text":
        return isinstance(value, str)
    number = exact(value)
    if number is None or (domain.type == "integer" and number != int(number)):
        return False
    return domain.range.holds(number)


def test_of(cell: Cell) -> Callable[[Any], bool] | None:
    """Whether a present value satisfies the cell; None where any does, present or absent."""
    if cell == "-":
        return None
    if isinstance(cell, tuple):
        return lambda value: listed(value, cell)
    assert isinstance(cell, Tests)
    if cell.in_ is not None:
        values = cell.in_
        return lambda value: listed(value, values)
    if cell.range is not None:
        within = cell.range
        return lambda value: (number := exact(value)) is not None and within.holds(number)
    if cell.pattern is not None:
        matches = re.compile(cell.pattern).fullmatch
        return lambda value: isinstance(value, str) and matches(value) is not None
    exists = bool(cell.exists)
    return lambda _value: exists


def accepts_absence(cell: Cell) -> bool:
    """Whether the cell holds where the fact is absent."""
    return cell == "-" or (isinstance(cell, Tests) and cell.exists is False)


def cell_text(cell: Cell) -> str:
    """The cell as words that follow "must be": ``customer or provider``, ``at least 3``, ``anything``."""
    if cell == "-":
        return "anything"
    values = cell if isinstance(cell, tuple) else cell.in_ if isinstance(cell, Tests) else None
    if values is not None:
        return " or ".join(said(value) for value in values)
    assert isinstance(cell, Tests)
    if cell.range is not None:
        return cell.range.text
    return f"text like {cell.pattern}" if cell.pattern is not None else "present" if cell.exists else "absent"


def said(value: Any) -> str:
    """A fact's value as text: ``absent`` for None, JSON's words for truth values."""
    return "absent" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def listed(value: Any, values: tuple[Scalar, ...]) -> bool:
    """Whether the value is in the list; numbers by what they are worth, ``true`` is not 1."""
    number = exact(value)
    if number is not None:
        return any(exact(one) == number for one in values if not isinstance(one, str | bool))
    return any(type(one) is type(value) and one == value for one in values)


def exact(value: Any) -> Number | None:
    """A number as it is written (0.1 is a tenth); None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else value
    return number if isinstance(number, int) or number.is_finite() else None


def domain_faults(domain: Domain) -> list[str]:
    """What is wrong with a declared domain."""
    if domain.type == "values":
        return [] if domain.values else ["no values are declared"]
    extra = ["values belong to type values only"] if domain.values else []
    return extra + _range_faults(domain.range)


def cell_faults(cell: Cell, domain: Domain) -> list[str]:
    """Why a cell cannot be meant for a fact of that domain."""
    if isinstance(cell, tuple):
        return _list_faults(cell, domain)
    if not isinstance(cell, Tests):
        return []
    if [cell.in_, cell.range, cell.pattern, cell.exists].count(None) != 3:
        return ["needs one of in, range, pattern, exists"]
    faults = [] if cell.in_ is None else _list_faults(cell.in_, domain)
    if cell.exists is not None and not domain.optional:
        faults.append("is never absent: only an optional fact can be asked for its existence")
    if cell.range is not None:
        numeric = domain.type in ("integer", "decimal")
        faults += _range_faults(cell.range) if numeric else ["is no number: a range needs one"]
    if cell.pattern is not None:
        textual = domain.type in ("text", "values")
        faults += _pattern_faults(cell.pattern) if textual else ["is a number: a pattern needs text"]
    return faults


def _list_faults(values: tuple[Scalar, ...], domain: Domain) -> list[str]:
    never = sorted(said(value) for value in values if not knows(domain, value))
    return [f"is never {', '.join(never)}"] if never else [] if values else ["has an empty list"]


def _pattern_faults(pattern: str) -> list[str]:
    try:
        re.compile(pattern)
    except (re.error, RecursionError) as error:
        return [f"has the pattern {pattern!r}, which is none: {error}"]
    return []


def _range_faults(within: Range) -> list[str]:
    faults = []
    if (within.min is not None and within.above is not None) or (within.max is not None and within.below is not None):
        faults.append("has two bounds on one side")
    if any(n is not None and exact(n) is None for n in (within.min, within.above, within.max, within.below)):
        faults.append("has a bound that is no finite number")
    return faults


def _bound(closed: float | None, opened: float | None) -> tuple[Number, bool] | None:
    number = closed if closed is not None else opened
    worth = None if number is None else exact(number)
    return None if worth is None else (worth, closed is not None)
