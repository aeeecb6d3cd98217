"""The rules of sections that most inventories do not have: imported where one is there, for an import takes its time."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding
from toolkit.inventory.rules.header import Header


def _sections(header: Header) -> Iterator[Finding]:
    there = header.value if isinstance(header.value, dict) else {}
    if "subscription" in there or "prerequisites" in there:
        from toolkit.inventory.rules import subscriptions

        for rule in subscriptions.HEADER:
            yield from rule(header)
    if "event" in there:
        from toolkit.inventory.rules import events

        for rule in events.HEADER:
            yield from rule(header)


HEADER = (_sections,)
COMPONENT = ()
ACROSS = ()
