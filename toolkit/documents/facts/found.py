"""What an assessment finds: prerequisites that are missing, warnings, what is not covered, agreements that end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.documents.sources import Row, Sources
from toolkit.model.months import last_day

_AGREEMENTS = ("support_contract", "vendor_licence", "letter_of_agency", "certificate")
_INPUTS = "INV-103"
"""The rule of missing build inputs: each is a finding of its own already, as a prerequisite."""


def finding_facts(sources: Sources, prerequisites: tuple[Row, ...], unprotected: tuple[Row, ...]) -> dict[str, Any]:
    """``findings``, numbered, the gravest first; ``finding_counts`` by gravity; ``agreements`` with the state of each."""
    agreements = tuple(_agreements(sources))
    rows = [
        *_missing(prerequisites),
        *_refused(sources),
        *_ended(agreements),
        *_warned(sources),
        *_uncovered(sources),
        *(
            {"area": "backup", "subject": one["id"], "gravity": "minor", "owner": "customer"}
            for one in unprotected
            if sources.inventory.tenants
        ),
        *_ending(agreements),
    ]
    order = ("blocking", "major", "minor")
    rows.sort(key=lambda row: order.index(row["gravity"]))
    findings = tuple({"rule": "", "number": f"F-{number:02d}", **row} for number, row in enumerate(rows, 1))
    return {
        "findings": findings,
        "finding_counts": tuple(
            {"gravity": name, "count": sum(row["gravity"] == name for row in findings)} for name in order
        ),
        "agreements": agreements,
    }


def _missing(prerequisites: tuple[Row, ...]) -> Iterator[Row]:
    for one in prerequisites:
        if one["state"] == "missing":
            yield {"area": "prerequisite", "subject": one["title"], "gravity": "blocking", "owner": one["owner"]}


def _refused(sources: Sources) -> Iterator[Row]:
    if sources.plan is None:
        yield {"area": "plan", "subject": sources.service.description, "gravity": "blocking", "owner": "provider"}


def _ended(agreements: tuple[Row, ...]) -> Iterator[Row]:
    for one in agreements:
        if one["state"] == "ended":
            yield {"area": "ended", "subject": one["reference"], "gravity": "major", "owner": one["owner"]}


def _ending(agreements: tuple[Row, ...]) -> Iterator[Row]:
    for one in agreements:
        if one["state"] == "ends-in-term":
            yield {"area": "ending", "subject": one["reference"], "gravity": "minor", "owner": one["owner"]}


def _warned(sources: Sources) -> Iterator[Row]:
    for one in sources.warnings:
        if one["rule"] != _INPUTS:
            yield {
                "area": "rule",
                "rule": one["rule"],
                "subject": one["subject"],
                "gravity": "major" if one["rule"] in {"INV-113", "INV-114", "INV-026"} else "minor",
                "owner": _owner(sources),
            }


def _uncovered(sources: Sources) -> Iterator[Row]:
    for one in sources.plan.index.uncovered if sources.plan else ():
        yield {"area": "coverage", "subject": one, "gravity": "major", "owner": "provider"}


def _owner(sources: Sources) -> str:
    """Whose the inventory's facts are."""
    return "partner" if "partner" in sources.service.parties else "customer"


def _agreements(sources: Sources) -> Iterator[Row]:
    """Support contracts, licences, letters and certificates, each once, with the components that it is for."""
    found: dict[tuple[str, str, dt.date], list[str]] = {}
    for component in sources.inventory.components:
        if component.licence is not None:
            key = ("support_contract", component.licence.support_contract, component.licence.ends)
            found.setdefault(key, []).append(component.id)
        for kind in _AGREEMENTS:
            value = component.attributes.get(kind)
            if isinstance(value, Mapping) and value.get("ends") is not None:
                ends = value["ends"]
                day = ends if isinstance(ends, dt.date) else dt.date.fromisoformat(str(ends))
                found.setdefault((kind, str(value.get("reference", component.id)), day), []).append(component.id)
    commitment = sources.inventory.customer.commitment
    until = last_day(commitment.start, commitment.months)
    for (kind, reference, ends), ids in sorted(found.items()):
        ended = ends < (sources.date or commitment.start)
        yield {
            "kind": kind,
            "reference": reference,
            "ends": ends,
            "components": tuple(ids),
            "owner": _owner(sources),
            "state": "ended" if ended else "ends-in-term" if ends < until else "valid",
        }
