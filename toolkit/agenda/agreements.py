"""Ends of support contracts, licences, letters and certificates that the inventory knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.agenda.entries import END_ALARM_DAYS, Entry, uid_of
from toolkit.model.inventory import Component, Inventory
from toolkit.model.service import Service, Text

_TITLES = {
    "licence": Text(en="Support contract ends", fr="Fin du contrat de support"),
    "support_contract": Text(en="Support contract ends", fr="Fin du contrat de support"),
    "vendor_licence": Text(en="Vendor licence ends", fr="Fin de la licence de l'éditeur"),
    "letter_of_agency": Text(en="Letter of agency ends", fr="Fin du mandat"),
    "certificate": Text(en="Certificate ends", fr="Fin du certificat"),
}
_NAMED = 5
"""How many components a note names."""


def agreement_entries(inventory: Inventory, service: Service) -> Iterator[Entry]:
    """One for each agreement and last day, whatever number of components has it."""
    found: dict[tuple[str, str, dt.date], list[str]] = {}
    for component in inventory.components:
        for name, reference, ends in _ends(component):
            found.setdefault((name, reference, ends), []).append(component.id)
    for (name, reference, ends), components in sorted(found.items()):
        title = _TITLES.get(name) or Text(
            en=f"{name.replace('_', ' ').capitalize()} ends", fr=f"Fin : {name.replace('_', ' ')}"
        )
        named = ", ".join(sorted(components)[:_NAMED])
        more = len(components) - _NAMED
        yield Entry(
            uid=uid_of(inventory, "agreement", name, reference, ends.isoformat()),
            kind=f"{'support-contract' if name == 'licence' else name.replace('_', '-')}-end",
            day=ends,
            title=Text(en=f"{title.en}: {reference}", fr=f"{title.fr} : {reference}"),
            owner="partner" if "partner" in service.parties else "customer",
            source="SD-2 §2"
            if "partner" in service.parties
            else "SD-1 §1.6"
            if name == "certificate"
            else service.source,
            reference=reference,
            note=Text(
                en=f"of {named}" + (f" and {more} more" if more > 0 else ""),
                fr=f"pour {named}" + (f" et {more} autres" if more > 0 else ""),
            ),
            alarm_days=END_ALARM_DAYS,
        )


def _ends(component: Component) -> Iterator[tuple[str, str, dt.date]]:
    """Name, reference and last day of what ends; the reference of what has none is the component's id."""
    if component.licence is not None:
        yield "licence", component.licence.support_contract, component.licence.ends
    for name, value in sorted(component.attributes.items()):
        if isinstance(value, Mapping) and value.get("ends") is not None:
            yield name, str(value.get("reference", component.id)), _date(value["ends"])


def _date(written: Any) -> dt.date:
    return written if isinstance(written, dt.date) else dt.date.fromisoformat(written)
