"""What a month was like: service levels, credits and what a claim of them says, from the report of ``onboard levels``.

Figures are rounded for reading; the report in JSON has each as an exact fraction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from toolkit.clocks import at
from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources
from toolkit.documents.typography import NARROW, length, money, rounded, spaced, written_instant, written_month

MOST = 200
"""So many rows of one kind a report lists; ``onboard levels`` has them all."""

_LONG = ("units", "incidents", "left_out", "changes", "credits", "shared", "nothing", "notes", "cases", "prioritised")
_KINDS = {"onboarding/levels/v1": "levels", "onboarding/response-times/v1": "responses"}


def month_facts(sources: Sources, language: str) -> dict[str, Any]:
    """``month`` and ``claims``, one for each tenant that earns credits; ``claim_asks``: what a claim must say."""
    rules = sources.service.levels.claim
    asks = tuple({"text": spaced(one.of(language), language)} for one in rules.states) if rules else ()
    report = sources.months.get(language)
    if report is None:
        gap = Missing(what="month", where="command", at="--month")
        return {"month": gap, "claims": gap, "claim_asks": asks}
    titles = {one.id: spaced(one.title.of(language), language) for one in sources.service.levels.functions}
    matrix = sources.service.priority_matrix
    for one in (*matrix.urgencies.items(), *matrix.impacts.items()) if matrix else ():
        titles[one[0]] = spaced(one[1].of(language), language)
    reader = _Reader(language, report, titles)
    month = reader.month()
    month["open"] = sources.date is not None and sources.date <= month["last"]
    return {"month": _listed(month), "claims": tuple(reader.claims(sources.date)), "claim_asks": asks}


class _Reader:
    """Reads one report into rows in one language."""

    def __init__(self, language: str, report: Row, titles: dict[str, str]) -> None:
        self._language, self._report, self._titles = language, report, titles
        self._tenants: list[Row] = report.get("tenants", [])

    def month(self) -> Row:
        """The month; its parts are empty where the service promises nothing of the sort."""
        report, language = self._report, self._language
        year, month = (int(part) for part in report["month"].split("-"))
        first = dt.date(year, month, 1)
        return {
            "kind": _KINDS.get(report["schema"], "priorities"),
            "name": report["month"],
            "title": written_month(year, month, language),
            "first": first,
            "last": _last(first),
            "next_last": _last(_last(first) + dt.timedelta(days=1)),
            "zone": report.get("zone", NONE),
            "sample": bool(report.get("sample")),
            "payable": self._cents(report["payable"]) if "payable" in report else NONE,
            "tenants": tuple(self._tenant(one) for one in self._tenants),
            "functions": tuple(self._function(one, tenant["id"]) for tenant in self._tenants for one in tenant["functions"]),
            "portal": tuple(self._function(one, NONE) for one in report.get("portal", [])),
            "units": tuple(self._units()),
            "restores": tuple(self._restore(one) for one in self._tenants),
            "incidents": tuple(self._incident(one, tenant) for tenant in self._tenants for one in tenant["restore"]["incidents"]),
            "left_out": tuple(self._because(one["id"], one["reason"]) for tenant in self._tenants for one in tenant["restore"]["left_out"]),
            "changes": tuple(self._change(one, tenant["id"]) for tenant in self._tenants for one in tenant["changes"]),
            "credits": tuple(self._credit(one, tenant["id"]) for tenant in (*self._tenants, {"id": NONE, "credits": report.get("portal_credits", [])}) for one in tenant["credits"]),
            "shared": tuple({"text": spaced(line, language)} for tenant in self._tenants for line in tenant["shared"]["explanation"]),
            "nothing": tuple(self._because(id_, code) for id_, code in report.get("earns_nothing", {}).items()),
            "notes": tuple({"text": spaced(note, language)} for note in report.get("notes", [])),
            "ignored": tuple({"kind": kind, "count": count} for kind, count in report.get("ignored", {}).items()),
            "tier": report.get("tier", NONE),
            "severities": tuple(self._severities()),
            "cases": tuple(
                {**one, "elapsed": length(one["elapsed"]), "target": self._promised(one)}
                for one in report.get("cases", [])
                if one["state"] in {"late", "open"}
            ),
            "prioritised": tuple(
                {
                    **one,
                    "urgency": self._titles.get(one["urgency"], one["urgency"]),
                    "impact": self._titles.get(one["impact"], one["impact"]),
                    "share": self._percent(100 * Fraction(one["share"])),
                    "given": one["given"] or NONE,
                }
                for one in (report["incidents"] if report["schema"] == "onboarding/priorities/v1" else ())
            ),
            "without_shares": tuple(report.get("without_shares", ())),
        }  # fmt: skip

    def claims(self, date: dt.date | None) -> Iterable[Row]:
        """One claim for each tenant, a service of its own, with its credits."""
        told: dict[str, list[Row]] = {}
        for one in self._report.get("claims", ()):
            told.setdefault(one["tenant"], []).append(one)
        tenants = {one["id"]: one for one in self._tenants}
        for id_, some in told.items():
            tenant = tenants.get(id_) or self._no_tenant()
            earned = {one["id"]: one for one in tenant["credits"]}
            until = dt.date.fromisoformat(some[0]["until"])
            yield {
                "tenant": id_ or self._no_tenants_title(some),
                "environment": tenant["environment"],
                "subject": spaced(some[0]["subject"], self._language),
                "until": until,
                "late": date is not None and date > until,
                "before_cap": self._money(tenant["before_cap"]),
                "payable": self._cents(tenant["payable"]),
                "capped": tenant["capped"],
                "resources": tuple(sorted({id_ for one in some for id_ in one["resources"]})),
                "records": tuple(sorted({id_ for one in some for id_ in one["records"]})),
                "traces": Missing(what="traces", of=id_, where="people"),
                "credits": tuple(self._claimed(one, earned[one["credit"]]) for one in some),
            }

    def _no_tenant(self) -> Row:
        """What a tenant's claim needs, for the credits that belong to none: of the customer portal."""
        earned = self._report["portal_credits"]
        total = str(sum((Fraction(one["amount"]) for one in earned), Fraction(0)))
        return {"environment": None, "credits": earned, "before_cap": total, "payable": total, "capped": False}

    def _no_tenants_title(self, claims: list[Row]) -> str:
        """``Customer portal``."""
        subjects = {one["id"]: one["subject"] for one in self._report["portal_credits"]}
        return ", ".join(self._titles.get(subjects[one["credit"]], subjects[one["credit"]]) for one in claims)

    def _claimed(self, claim: Row, credit: Row) -> Row:
        return {
            **self._credit(credit, claim["tenant"]),
            "nature": spaced(claim["nature"], self._language),
            "records": tuple(claim["records"]),
            "start": written_instant(dt.datetime.fromisoformat(claim["start"]), self._language),
            "end": written_instant(dt.datetime.fromisoformat(claim["end"]), self._language),
            "resources": tuple(claim["resources"]),
        }

    def _tenant(self, one: Row) -> Row:
        return {
            **{name: one[name] for name in ("id", "environment", "support_level", "penalty", "capped", "sample")},
            **{
                name: self._money(one[name])
                for name in ("availability_credit", "restore_credit", "change_credit", "before_cap", "service_charge")
            },
            "cap": NONE if one["cap"] is None else self._money(one["cap"]),
            "payable": self._cents(one["payable"]),
        }

    def _function(self, one: Row, tenant: str) -> Row:
        gap = None if one["gap"] is None else Fraction(one["gap"])
        return {
            "tenant": tenant,
            "id": one["id"],
            "title": self._titled(one),
            "guaranteed": self._percent(one["guaranteed_percent"]),
            "measured": NONE if one["rate"] is None else self._percent(100 * Fraction(one["rate"])),
            "gap": NONE if gap is None or gap <= 0 else rounded(gap, 4, self._language),
            "state": "no-unit" if gap is None else "missed" if gap > 0 else "met",
            "earned": Fraction(one["credit"]) > 0,
            "credit_percent": self._percent(one["credit_percent"]),
            "charge": Missing(what="charge", of=one["id"], where="provider") if one["charge"] is None else self._money(one["charge"]),
            "credit": self._money(one["credit"]),
            "reason": self._reason(one["reason"]) if gap is not None and gap > 0 else NONE,
        }  # fmt: skip

    def _titled(self, one: Row) -> str:
        """The function's title; with its id where each unit is a function of its own."""
        title = self._titles.get(str(one["function"]), str(one["function"]))
        return title if one["id"] == one["function"] else f"{title} ({one['id'].rpartition('/')[2]})"

    def _units(self) -> Iterable[Row]:
        """The units that were interrupted, or that are not guaranteed."""
        functions = [(tenant["id"], one) for tenant in self._tenants for one in tenant["functions"]]
        functions += [(NONE, one) for one in self._report.get("portal", [])]
        for tenant, function in functions:
            for one in function["units"]:
                if one["interrupted"] or one["not_guaranteed"]:
                    yield {
                        "tenant": tenant,
                        "function": self._titled(function),
                        "id": one["id"],
                        "subscribed": length(one["subscribed"]),
                        "interrupted": length(one["interrupted"]),
                        "excluded": length(one["excluded"]),
                        "measured": NONE if one["rate"] is None else self._percent(100 * Fraction(one["rate"])),
                        "records": tuple(dict.fromkeys((*one["records"], *one["counted"], *one["excluded_by"]))),
                        "reason": self._reason(one["not_guaranteed"]),
                    }

    def _restore(self, tenant: Row) -> Row:
        one = tenant["restore"]
        return {
            "tenant": tenant["id"],
            "resolved": one["resolved"],
            "late": one["late"],
            "promised": self._percent(one["promised_percent"]),
            "in_time": NONE if one["in_time_percent"] is None else self._percent(one["in_time_percent"]),
            "state": "none-resolved" if one["met"] is None else "met" if one["met"] else "missed",
            "moved": tuple(one["moved_to_availability"]),
            "counted_late": one["counted_late"],
            "denominator": one["denominator"],
            "gap": self._percent(100 * Fraction(one["gap"])),
            "earned": Fraction(one["credit"]) > 0,
            "credit_percent": self._percent(one["credit_percent"]),
            "base": self._money(one["base"]),
            "credit": self._money(one["credit"]),
            "literal_gap": self._percent(100 * Fraction(one["literal"]["gap"])),
            "reason": self._reason(one["reason"]),
        }

    def _incident(self, one: Row, tenant: Row) -> Row:
        return {
            "id": one["id"],
            "tenant": tenant["id"],
            "priority": one["priority"],
            "opened": self._at(one["opened"]),
            "resolved": self._at(one["resolved"]),
            "elapsed": length(one["elapsed"]),
            "target": length(one["target"]),
            "late": one["late"],
            "stopped_by": tuple(one["stopped_by"]) or (NONE,),
        }

    def _change(self, one: Row, tenant: str) -> Row:
        return {
            "id": one["id"],
            "tenant": tenant,
            "kind": one["kind"],
            "requested": self._at(one["requested"]),
            "notified": NONE if one["notified"] is None else self._at(one["notified"]),
            "elapsed": self._seconds(one["elapsed"]),
            "target": self._seconds(one["target"]),
            "late": one["late"],
            "credit": self._money(one["credit"]),
            "reason": self._reason(one["reason"]),
        }

    def _credit(self, one: Row, tenant: str) -> Row:
        return {
            "id": one["id"],
            "tenant": tenant,
            "kind": one["kind"],
            "subject": one["subject"],
            "percent": self._percent(one["percent"]),
            "base": self._money(one["base"]),
            "amount": self._money(one["amount"]),
            "records": tuple(one["records"]),
            "source": one["source"],
            "rule": spaced(one["rule"], self._language),
            "arithmetic": tuple({"text": spaced(line, self._language)} for line in one["arithmetic"]),
        }

    def _severities(self) -> Iterable[Row]:
        for one in self._report.get("severities", ()):
            target = next((case for case in self._report["cases"] if case["severity"] == one["severity"]), None)
            yield {**one, "target": self._promised(target) if target else NONE}

    def _because(self, id_: str, code: str) -> Row:
        return {"id": id_, "reason": self._reason(code)}

    def _reason(self, code: str | None) -> str:
        return spaced(str(self._report["reasons"].get(code, code)), self._language) if code else NONE

    def _at(self, epoch: int) -> str:
        return written_instant(at(epoch, self._report["zone"]), self._language)

    def _seconds(self, seconds: int | None) -> str:
        return NONE if seconds is None else length(seconds)

    def _promised(self, case: Row) -> str:
        return NONE if case["target"] is None else f"{'< ' if case['below'] else ''}{length(case['target'])}"

    def _percent(self, exact: str | Fraction) -> str:
        space = NARROW if self._language == "fr" else "\u00a0"
        return f"{rounded(Fraction(exact), 4, self._language)}{space}%"

    def _money(self, exact: str) -> str:
        return money(Fraction(exact), self._language)

    def _cents(self, payable: str) -> str:
        return self._money(payable)


def _last(first: dt.date) -> dt.date:
    """The last day of the month that begins then."""
    return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _listed(month: Row) -> Row:
    """The month with at most ``MOST`` rows of each kind, late ones first where there are more.

    ``cut`` tells of those kinds, ``counts`` of the number of all rows.
    """
    counts = {kind: len(month[kind]) for kind in _LONG}
    for kind in ("incidents", "changes"):
        counts[f"late_{kind}"] = sum(row["late"] for row in month[kind])
    cut = []
    for kind in _LONG:
        rows = month[kind]
        if len(rows) > MOST:
            month[kind] = tuple(sorted(rows, key=lambda row: not row.get("late", False)))[:MOST]
            cut.append({"kind": kind, "count": len(rows), "shown": MOST})
    return {**month, "counts": counts, "cut": tuple(cut)}
