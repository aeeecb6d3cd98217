"""A month's levels as lines of text; the words and figures that a page of them needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from toolkit.levels.amounts import cents, euros, length, percent, rounded
from toolkit.levels.texts import texts
from toolkit.model.levels import (
    Credit,
    FunctionFigure,
    LevelsReport,
    PriorityReport,
    ResponseReport,
    RestoreGap,
    TenantFigures,
    WhatIf,
)


def words(language: str) -> dict[str, str]:
    """Every heading in a language."""
    spoken = "fr" if language == "fr" else "en"
    return {key: str(said[spoken]) for key, said in texts()["headings"].items()}


def report_lines(report: LevelsReport, *, title: str, language: str, explain: bool) -> Iterator[str]:
    """The month for people; ``explain`` adds records, rule and arithmetic of each credit, and what earns nothing."""
    said = words(language)
    yield said["title"].format(service=f"{title} ({report.description})", customer=report.customer, month=report.month)
    yield f"  {length(report.seconds)}, {report.zone}"
    if report.sample:
        yield said["sample"]
    for tenant in report.tenants:
        yield from _tenant(tenant, report, said, explain=explain)
    for portal in report.portal:
        yield f"{said['portal']}: {_function(portal, report, said)}"
    if explain:
        yield from (line for one in report.portal_credits for line in credit_lines(one, said))
    if explain and report.earns_nothing:
        yield f"{said['nothing']}:"
        yield from (f"  {id_}: {report.reasons.get(code, code)}" for id_, code in report.earns_nothing.items())
    if report.ignored:
        counts = ", ".join(f"{count} {said[f'kind-{kind}']}" for kind, count in report.ignored.items())
        yield f"{said['ignored']}: {counts}"
    yield from (f"{said['notes']}: {note}" for note in report.notes)
    mark = " (SAMPLE)" if report.sample else ""
    yield f"{said['payable']}: {report.payable} €{mark}"
    if report.what_if is not None:
        yield from what_if_lines(report.what_if, said)


def what_if_lines(found: WhatIf, said: dict[str, str]) -> Iterator[str]:
    """Where the incident was put, what the credits would become, and the arithmetic of those that change."""
    yield f"{said['what-if']}: {found.asked}, {found.component}, {found.start} – {found.end}"
    yield f"  {said['payable']}: {found.before} € → {found.after} € ({'+' if not found.difference.startswith('-') else ''}{found.difference} €)"
    for credit in found.credits:
        yield from credit_lines(credit, said)


def credit_lines(credit: Credit, said: dict[str, str]) -> Iterator[str]:
    """``acme-prod/availability/os: 360.00 €`` with its records, rule and arithmetic."""
    yield f"  {credit.id}: {euros(credit.amount)}"
    yield f"    {said['records']}: {', '.join(credit.records)}"
    yield f"    {said['rule']} ({credit.source}): {credit.rule}"
    yield from (f"    {said['arithmetic']}: {line}" for line in credit.arithmetic)


def _tenant(tenant: TenantFigures, report: LevelsReport, said: dict[str, str], *, explain: bool) -> Iterator[str]:
    penalty = "" if tenant.penalty else f", {said['no-penalty']}"
    yield f"{tenant.id}: {tenant.environment}, {tenant.support_level}{penalty}"
    yield from (f"  {said['availability']}: {_function(one, report, said)}" for one in tenant.functions)
    restore = tenant.restore
    late = said["late-of"].format(late=restore.late, resolved=restore.resolved)
    gap = f"{said['gap']} {percent(100 * restore.gap)}"
    yield f"  {said['restore']}: {', '.join(filter(None, (late, in_time_words(restore, said), counted_words(restore, said), gap)))}{_earned(restore.credit_percent, restore.base, restore.credit)}"
    done = [one for one in tenant.changes if one.elapsed is not None]
    late = said["late-of"].format(late=sum(one.late for one in done), resolved=len(done))
    yield f"  {said['changes']}: {late}, {said['credit']} {euros(tenant.change_credit)}"
    capped = ""
    if tenant.capped and tenant.cap is not None:
        capped = f" ({said['cap']} {euros(tenant.cap)}; {euros(tenant.before_cap)})"
    yield f"  {said['payable']}: {tenant.payable} €{capped}"
    if not explain:
        return
    yield from (f"  {line}" for line in tenant.shared.explanation)
    until = {one.credit: one for one in report.claims}
    for credit in tenant.credits:
        yield from credit_lines(credit, said)
        claim = until.get(credit.id)
        if claim is not None:
            yield f"    {said['claim'].format(until=claim.until, subject=claim.subject)}"


def counted_words(restore: RestoreGap, said: dict[str, str]) -> str:
    """How many late incidents the gap counts, where others earn availability credit; else empty."""
    return said["counted-late"].format(count=restore.counted_late) if restore.moved_to_availability else ""


def in_time_words(restore: RestoreGap, said: dict[str, str]) -> str:
    """``60 % in time for 95 %: missed``; empty where none was resolved."""
    if restore.in_time_percent is None:
        return ""
    state = said["restore-met" if restore.met else "restore-missed"]
    promised = percent(restore.promised_percent)
    return said["in-time-of"].format(share=percent(restore.in_time_percent, 2), promised=promised, state=state)


def _function(one: FunctionFigure, report: LevelsReport, said: dict[str, str]) -> str:
    if one.rate is None or one.gap is None:
        return f"{one.id}: {said['no-unit']}"
    state = f"{said['gap']} {rounded(one.gap, 6)}" if one.gap > 0 else said["met"]
    line = f"{one.id}: {rounded(100 * one.rate, 6)} %, {said['guaranteed']} {percent(one.guaranteed_percent)}, {state}"
    if one.reason and one.gap > 0:
        return f"{line}; {report.reasons.get(one.reason, one.reason)}"
    if one.counted_gap != one.gap:
        line += f" ({said['counted']} {rounded(one.counted_gap or Fraction(0), 6)})"
    return line + _earned(one.credit_percent, one.charge or Fraction(0), one.credit)


def _earned(rate: Fraction, base: Fraction, amount: Fraction) -> str:
    return f" → {percent(rate)} = {euros(amount)}" if base and rate else ""


def response_lines(report: ResponseReport) -> Iterator[str]:
    """Response times by severity, then each case that is late or open."""
    yield f"{report.service} ({report.description}) for {report.customer}, {report.month}: tier {report.tier} ({report.source})"
    for one in report.severities:
        target = next((case for case in report.cases if case.severity == one.severity), None)
        promised = "no target"
        if target is not None and target.target is not None:
            promised = f"{'less than ' if target.below else 'at most '}{length(target.target)}"
        yield f"  severity {one.severity}: {one.met} of {one.cases} in time ({promised}), {one.late} late, {one.open} open"
    for case in report.cases:
        if case.state in {"late", "open"}:
            yield f"    {case.id}: {case.state} after {length(case.elapsed)}"
    if not report.cases:
        yield "  no case was recorded in the month"
    yield from (f"note: {note}" for note in report.notes)


def priority_lines(report: PriorityReport) -> Iterator[str]:
    """The priority of each incident by the matrix, and which were given another one."""
    yield f"{report.service} ({report.description}) for {report.customer}, {report.month}: priorities ({report.source})"
    for one in report.incidents:
        other = f", but it was given {one.given}" if one.given not in {None, one.priority} else ""
        named = one.components_named
        counted = "" if named is None else f"; {named} of {report.managed_components} managed components named"
        share = f"{percent(100 * one.share, 2)}{counted}"
        yield f"  {one.id}: {one.urgency}, {one.impact} ({share}) → {one.priority}{other}"
    if report.without_shares:
        yield f"  without urgency or shares: {', '.join(report.without_shares)}"
    if not report.incidents and not report.without_shares:
        yield "  no incident is recorded in the month"
    yield "  service levels and credits: the provider's data, not in the service description"
    yield from (f"note: {note}" for note in report.notes)


def figures() -> dict[str, Callable[..., str]]:
    """What a page's template calls to write figures."""
    return {
        "euros": euros,
        "percent": percent,
        "rate": lambda value: f"{rounded(100 * value, 4)} %",
        "gap": lambda value: rounded(value, 4),
        "length": length,
        "cents": cents,
        "in_time": in_time_words,
        "counted_late": counted_words,
    }
