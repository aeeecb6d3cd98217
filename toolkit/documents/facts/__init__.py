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
from toolkit.documents.typography import spaced


def facts(sources: Sources, language: str) -> dict[str, Any]:
    """Every fact by name: texts, numbers, days, tuples of rows; what is not known is a Missing, never None."""
    return {
        **party_facts(sources, language),
        **estate_facts(sources, language),
        **promise_facts(sources, language),
        **agreed_facts(sources, language),
        **work_facts(sources, language),
        "month": spoken(sources.months.get(language), language) or Missing(what="month", where="command", at="--month"),
        "event": spoken(sources.event, language) or Missing(what="event", at="event"),
        "calendar": spoken(sources.calendar, language) or Missing(what="calendar"),
    }


def spoken(value: Any, language: str) -> Any:
    """Plain values of another command with its bilingual texts (``{en, fr}``) in one language; tuples for lists."""
    if isinstance(value, dict):
        if value.keys() == {"en", "fr"}:
            return spaced(value[language], language)
        return {name: spoken(inner, language) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(spoken(inner, language) for inner in value)
    return value
