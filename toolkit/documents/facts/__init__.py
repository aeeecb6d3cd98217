"""The facts that templates may name: collections of rows and values, made from the sources. Pure."""

from __future__ import annotations

from typing import Any

from toolkit.documents.facts.agreed import agreed_facts
from toolkit.documents.facts.estate import estate_facts
from toolkit.documents.facts.parties import party_facts
from toolkit.documents.facts.promises import promise_facts
from toolkit.documents.facts.work import work_facts
from toolkit.documents.missing import Missing
from toolkit.documents.sources import Sources


def facts(sources: Sources, language: str) -> dict[str, Any]:
    """Every fact by name: texts, numbers, days, tuples of rows; what is not known is a Missing, never None."""
    return {
        **party_facts(sources, language),
        **estate_facts(sources, language),
        **promise_facts(sources, language),
        **agreed_facts(sources, language),
        **work_facts(sources, language),
        "month": _or_missing(sources.month, "month", "onboard levels PATH --month"),
        "claim": _or_missing(sources.claim, "claim", "onboard levels PATH --month"),
        "event": _or_missing(sources.event, "event", "onboard event PATH"),
        "calendar": _or_missing(sources.calendar, "calendar", "onboard calendar PATH"),
    }


def _or_missing(found: Any, what: str, command: str) -> Any:
    return Missing(what=what, where="command", at=command) if found is None else found
