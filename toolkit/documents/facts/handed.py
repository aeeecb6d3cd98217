"""Where the transition stands: the gates that people passed, and what was handed over so far."""

from __future__ import annotations

from typing import Any

from toolkit.documents.missing import NONE, Missing
from toolkit.documents.sources import Row, Sources

_UNKNOWN: Row = {"stage": Missing(what="passings", where="run"), "by": NONE, "forced": NONE, "unmet": NONE}


def handed_facts(sources: Sources, agreed: dict[str, Any]) -> dict[str, Any]:
    """``passings``: each with ``stage``, ``by``, ``forced`` (the reason) and ``unmet`` (how many conditions); ``deliveries``: with their titles."""
    stages = {one["id"]: one["title"] for one in agreed["stages"]}
    titles = {one["id"]: one["title"] for one in (*agreed["prerequisites"], *agreed["deliverables"])}
    return {
        "passings": (_UNKNOWN,) if sources.passed is None else tuple(_passing(one, stages) for one in sources.passed),
        "deliveries": tuple(_delivery(one, titles) for one in sources.delivered),
    }


def _passing(one: Row, stages: dict[str, str]) -> Row:
    return {
        "stage": stages.get(one["stage"], one["stage"]),
        "by": one["by"],
        "forced": one["forced"] or NONE,
        "unmet": len(one["unmet"]) or NONE,
    }


def _delivery(one: Row, titles: dict[str, str]) -> Row:
    return {
        "title": titles.get(one["what"], one["what"]),
        "period": NONE if one["period"] is None else one["period"],
        "delivered": one["delivered"],
        "reference": one["reference"],
        "accepted": one["accepted"] or NONE,
        "accepted_by": one["accepted_by"] or NONE,
    }
