"""Availability of units and managed functions: (t_month - t_interruption + t_exclusion) / t_month (SD-1 §1.10)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from toolkit.levels.causes import interruption_excluded
from toolkit.levels.excluded import Excluded
from toolkit.levels.interruptions import Interruption
from toolkit.levels.period import Subscribed
from toolkit.levels.scale import NONE, credit_percent
from toolkit.levels.spans import Span, Spans, difference, intersection, measure, union
from toolkit.levels.units import Function, Scope, Unit
from toolkit.model.levels import FunctionFigure, UnitFigure
from toolkit.model.service import CreditStep

NOBODY: frozenset[str] = frozenset()


class UnitMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """``counted``: by incident (else outage), when it interrupted the unit and is not excluded."""

    unit: Unit
    subscribed: int
    interrupted: int
    counted: dict[str, Spans]
    records: tuple[str, ...]
    excluded_by: tuple[str, ...] = ()
    known: dict[frozenset[str], int] = {}
    """What ``lost`` found already: it is asked thousands of times where shared incidents are assigned."""

    def lost(self, without: frozenset[str] = NOBODY) -> int:
        """Seconds that count against the unit, less the interruptions of some incidents; what overlaps counts once."""
        gone = without.intersection(self.counted) if without else NOBODY
        found = self.known.get(gone)
        if found is None:
            found = measure(union(span for key, spans in self.counted.items() if key not in gone for span in spans))
            self.known[gone] = found
        return found

    def rate(self, without: frozenset[str] = NOBODY) -> Fraction | None:
        """None for a unit that was not subscribed in the month."""
        return Fraction(self.subscribed - self.lost(without), self.subscribed) if self.subscribed else None


class FunctionMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A function's units with what is guaranteed to it and invoiced for it."""

    function: Function
    units: tuple[UnitMeasure, ...]
    guaranteed: Fraction
    scale: tuple[CreditStep, ...]
    charge: Fraction | None

    @property
    def guaranteed_units(self) -> tuple[UnitMeasure, ...]:
        """The units that its mean is over."""
        return tuple(one for one in self.units if one.unit.not_guaranteed is None and one.subscribed)

    def rate(self, without: frozenset[str] = NOBODY) -> Fraction | None:
        """The unweighted mean over the guaranteed units, unrounded; None without one."""
        units = self.guaranteed_units
        # the sum of the rates, units of one length of subscription together: few fractions are exact and quick
        given: dict[int, int] = {}
        for one in units:
            given[one.subscribed] = given.get(one.subscribed, 0) + one.subscribed - one.lost(without)
        return sum((Fraction(some, each) for each, some in given.items()), NONE) / len(units) if units else None

    def gap(self, without: frozenset[str] = NOBODY) -> Fraction | None:
        """Guaranteed less measured, in points; positive where less was given."""
        rate = self.rate(without)
        return None if rate is None else self.guaranteed - 100 * rate

    def credit(self, without: frozenset[str] = NOBODY) -> Fraction:
        """The credit of the counted gap on the charge; 0 without a charge."""
        return credit_percent(self.scale, self.gap(without)) * (self.charge or NONE) / 100

    def incidents(self) -> frozenset[str]:
        """What interrupted it, as far as it counts."""
        return frozenset(key for one in self.guaranteed_units for key in one.counted)


def measure_unit(
    unit: Unit,
    function: Function,
    scope: Scope | None,
    *,
    interruptions: Iterable[Interruption],
    excluded: Excluded | None,
    subscribed: Subscribed,
) -> UnitMeasure:
    """One unit's month. What belongs to no tenant has neither ``scope`` nor exclusions.

    An excluded period of one incident does not excuse another one that interrupts at the same time by itself.
    """
    when = subscribed.of(unit.id)
    out = excluded.spans("availability", excluded.named((unit.id,))) if excluded is not None else ()
    told: dict[str, list[Span]] = {}
    counting: dict[str, list[Span]] = {}
    records: dict[str, None] = {}
    excuses: dict[str, None] = {}
    for one in interruptions:
        told.setdefault(one.key, []).append((one.start, one.end))
        records[one.outage or one.key] = None
        excuse = (
            interruption_excluded(one.incident, scope, function.function)
            if one.incident and scope is not None
            else None
        )
        if excuse is not None:
            excuses[one.key] = None
        else:
            if excluded is not None:
                excuses |= dict.fromkeys(excluded.of("availability", unit.id, one.start, one.end))
            counting.setdefault(one.key, []).append((one.start, one.end))
    counted = {key: difference(intersection(union(spans), when), out) for key, spans in counting.items()}
    return UnitMeasure(
        unit=unit,
        subscribed=measure(when),
        interrupted=measure(intersection(union(span for spans in told.values() for span in spans), when)),
        counted={key: spans for key, spans in counted.items() if spans},
        records=tuple(records),
        excluded_by=tuple(excuses),
    )


def function_figure(
    measured: FunctionMeasure, *, restored: frozenset[str], source: str, reason: str | None
) -> FunctionFigure:
    """The figure; incidents in ``restored`` earn restore credit. ``reason``: why nothing is credited whatever the gap."""
    gap = measured.gap(restored)
    percent = credit_percent(measured.scale, gap)
    credit = NONE if reason else measured.credit(restored)
    if percent and not reason and measured.charge is None:
        reason = "no-charge"
    return FunctionFigure(
        id=measured.function.id,
        function=measured.function.function,
        units=tuple(_unit_figure(one) for one in measured.units),
        guaranteed_percent=measured.guaranteed,
        rate=measured.rate(),
        gap=measured.gap(),
        counted_gap=gap,
        credit_percent=NONE if reason == "non-production" else percent,
        charge=measured.charge,
        credit=credit,
        source=source,
        reason=reason,
    )


def _unit_figure(one: UnitMeasure) -> UnitFigure:
    return UnitFigure(
        id=one.unit.id,
        subscribed=one.subscribed,
        interrupted=one.interrupted,
        excluded=one.interrupted - one.lost(),
        rate=one.rate(),
        not_guaranteed=one.unit.not_guaranteed,
        records=one.records,
        counted=tuple(one.counted),
        excluded_by=one.excluded_by,
    )
