"""The facts that templates may name: collections of rows and values, made from the sources. Pure."""

from __future__ import annotations

from typing import Any

from toolkit.documents.facts.agreed import agreed_facts
from toolkit.documents.facts.estate import estate_facts
from toolkit.documents.facts.found import finding_facts
from toolkit.documents.facts.handed import handed_facts
from toolkit.documents.facts.measured import month_facts
from toolkit.documents.facts.packages import package_facts
from toolkit.documents.facts.parties import party_facts
from toolkit.documents.facts.promises import promise_facts
from toolkit.documents.facts.scheduled import schedule_facts
from toolkit.documents.facts.work import work_facts
from toolkit.documents.sources import Sources


def facts(sources: Sources, language: str) -> dict[str, Any]:
    """Every fact by name: texts, numbers, days, tuples of rows; what is not known is a Missing, never None."""
    estate, agreed = estate_facts(sources, language), agreed_facts(sources, language)
    return {
        **party_facts(sources, language),
        **estate,
        **promise_facts(sources, language),
        **agreed,
        **work_facts(sources, language),
        **month_facts(sources, language),
        **schedule_facts(sources, language),
        **package_facts(sources, agreed),
        **handed_facts(sources, agreed),
        **finding_facts(sources, agreed["prerequisites"], estate["unprotected"]),
    }
