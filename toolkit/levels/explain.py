"""The rule and the arithmetic of each credit, step by step, in English or French."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from toolkit.levels.amounts import euros, length, moment, percent, points
from toolkit.levels.availability import FunctionMeasure
from toolkit.levels.texts import say
from toolkit.model.levels import ChangeFigure, Credit, FunctionFigure, RestoreFigure, RestoreGap, Shared, UnitFigure
from toolkit.model.service import CreditStep, Restore

_TOLD = 100
"""So many late incidents are told line by line; every one stands in the figures and in the credit's records."""


def availability_credit(
    figure: FunctionFigure, measured: FunctionMeasure, *, tenant: str, restored: frozenset[str], language: str
) -> Credit:
    """The credit of a function, with the records of its guaranteed units that count."""
    counted = [unit for unit in figure.units if unit.not_guaranteed is None and unit.rate is not None]
    incidents = sorted(measured.incidents() - restored)
    outages = [record for unit in counted for record in (*unit.records, *unit.excluded_by)]
    records = tuple(dict.fromkeys([*incidents, *outages]))
    return Credit(
        id=f"{tenant}/availability/{figure.id}",
        kind="availability",
        subject=figure.id,
        percent=figure.credit_percent,
        base=figure.charge or Fraction(0),
        amount=figure.credit,
        source=figure.source,
        records=records,
        rule=say(language, "rule-availability", percent=percent(figure.guaranteed_percent)),
        arithmetic=tuple(_availability(figure, counted, measured, restored, language)),
    )


def _availability(
    figure: FunctionFigure,
    counted: list[UnitFigure],
    measured: FunctionMeasure,
    restored: frozenset[str],
    language: str,
) -> Iterator[str]:
    ids = {unit.id for unit in counted}
    for unit, one in zip(figure.units, measured.units, strict=True):
        if unit.id not in ids:
            continue
        lost = one.lost(restored)
        seconds = {"subscribed": unit.subscribed, "interrupted": unit.interrupted, "excluded": unit.interrupted - lost}
        rate = one.rate(restored)
        assert rate is not None
        yield say(language, "unit", id=unit.id, **seconds, rate=f"{rate} = {percent(100 * rate)}")
        if unit.excluded_by:
            yield "  " + say(language, "excluded-by", ids=", ".join(unit.excluded_by))
        moved = sorted(key for key in one.counted if key in restored)
        if moved:
            yield "  " + say(language, "moved-to-restore", ids=", ".join(moved))
    rate = measured.rate(restored)
    if rate is not None and figure.counted_gap is not None:
        if len(counted) > 1:
            yield say(language, "mean", count=len(counted), rate=f"{rate} = {percent(100 * rate)}")
        told = {"guaranteed": points(figure.guaranteed_percent), "rate": points(100 * rate)}
        step = step_words(measured.scale, figure.counted_gap, language)
        yield say(language, "gap-points", **told, gap=points(figure.counted_gap), step=step)
    yield _product(figure.credit_percent, figure.charge or Fraction(0), figure.credit, language)


def restore_credit(figure: RestoreGap, *, promise: Restore, tenant: str, language: str) -> Credit:
    """The credit of a tenant's times to restore, with its late incidents."""
    late = [one for one in figure.incidents if one.late]
    moved = frozenset(figure.moved_to_availability)
    lines = [restore_line(one, language) for one in late[:_TOLD]]
    if len(late) > _TOLD:
        lines.append(say(language, "more", count=len(late) - _TOLD))
    if figure.moved_to_availability:
        lines.append(say(language, "moved-to-availability", ids=", ".join(figure.moved_to_availability)))
    gap = 100 * figure.gap
    counts = f"{figure.counted_late} / max({figure.resolved}, {promise.at_least})"
    step = step_words(promise.scale, gap, language)
    lines.append(say(language, "gap-restore", counts=counts, gap=percent(gap), step=step))
    lines.append(_product(figure.credit_percent, figure.base, figure.credit, language))
    literal = figure.literal
    told = {"percent": percent(literal.credit_percent), "credit": euros(literal.credit)}
    lines.append(say(language, "literal", counts=f"{figure.counted_late} / {literal.denominator}", **told))
    return Credit(
        id=f"{tenant}/restore",
        kind="restore",
        subject=tenant,
        percent=figure.credit_percent,
        base=figure.base,
        amount=figure.credit,
        source=figure.source,
        records=tuple(one.id for one in late if one.id not in moved),
        rule=say(language, "rule-restore", at_least=promise.at_least),
        arithmetic=tuple(lines),
    )


def change_credit(figure: ChangeFigure, *, source: str, late_percent: Fraction, tenant: str, language: str) -> Credit:
    """The credit of a late change."""
    price = figure.price or Fraction(0)
    stops = _stops(figure.stopped_by, language)
    took = say(
        language,
        "took",
        id=figure.id,
        what=figure.kind,
        elapsed=length(figure.elapsed or 0),
        target=length(figure.target or 0),
        start=moment(figure.requested),
        end=moment(figure.notified or 0),
    )
    return Credit(
        id=f"{tenant}/change/{figure.id}",
        kind="change",
        subject=figure.id,
        percent=late_percent,
        base=price,
        amount=figure.credit,
        source=source,
        records=(figure.id, *figure.stopped_by),
        rule=say(language, "rule-change", percent=percent(late_percent)),
        arithmetic=(took + stops, _product(late_percent, price, figure.credit, language)),
    )


def restore_line(one: RestoreFigure, language: str) -> str:
    """``INC-105 (P2): 19 h of at-any-time against 8 h: late``."""
    line = say(
        language,
        "took",
        id=one.id,
        what=one.priority,
        elapsed=length(one.elapsed),
        target=length(one.target),
        start=moment(one.opened),
        end=moment(one.resolved),
    )
    if one.priorities:
        line += "; " + say(language, "priorities", changes=" → ".join(one.priorities))
    return line + _stops(one.stopped_by, language)


def shared_lines(shared: Shared, language: str) -> tuple[str, ...]:
    """Which ways were compared, what each gives, and which was taken."""
    if shared.chosen is None:
        return ()
    nobody = say(language, "nobody")
    lines = [say(language, "shared", ids=", ".join(shared.candidates))]
    for one in shared.compared or (shared.chosen,):
        mark = " ←" if one.restore == shared.chosen.restore else ""
        lines.append(
            "  "
            + say(
                language,
                "way",
                availability=", ".join(one.availability) or nobody,
                restore=", ".join(one.restore) or nobody,
                sum=f"{euros(one.availability_credit)} + {euros(one.restore_credit)} = {euros(one.total)}",
            )
            + mark
        )
    if shared.tie:
        lines.append("  " + say(language, "tie"))
    if not shared.proven:
        lines.append("  " + say(language, "not-proven"))
    return tuple(lines)


def step_words(scale: tuple[CreditStep, ...], gap: Fraction, language: str) -> str:
    """``in (5, 25]``."""
    for step in scale:
        if gap > Fraction(step.above) and (step.up_to is None or gap <= Fraction(step.up_to)):
            return (
                f"> {step.above}" if step.up_to is None else say(language, "in", step=f"({step.above}, {step.up_to}]")
            )
    return say(language, "no-credit")


def _product(rate: Fraction, base: Fraction, amount: Fraction, language: str) -> str:
    return say(language, "product", percent=percent(rate), base=euros(base), amount=euros(amount))


def _stops(ids: tuple[str, ...], language: str) -> str:
    return "; " + say(language, "stopped", ids=", ".join(ids)) if ids else ""
