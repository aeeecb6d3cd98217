"""Claims of credits: the last day on which each is answered (SD-1 §1.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from toolkit.agenda.commitment import month_ends
from toolkit.agenda.entries import Entry, uid_of
from toolkit.model.inventory import Inventory
from toolkit.model.service import Service, Text


def answer_entries(inventory: Inventory, service: Service) -> Iterator[Entry]:
    """One for each month that may be claimed for; none where the service has no claims.

    The day is that of a claim made on its own last day: when one is really made is nothing that an inventory knows.
    """
    rules = service.levels.claim
    if rules is None:
        return
    for month in month_ends(inventory.customer.commitment):
        last = month + dt.timedelta(days=rules.within_days)
        yield Entry(
            uid=uid_of(inventory, "claim-answer", month.isoformat()),
            kind="deadline",
            day=last + dt.timedelta(days=rules.answered_within_days),
            title=Text(
                en=f"Last day: Answer to a claim, {month:%Y-%m}",
                fr=f"Dernier jour : Réponse à une demande de pénalité, {month:%Y-%m}",
            ),
            owner="provider",
            source=rules.source,
            reference="claim-answer",
            note=Text(
                en=f"{rules.answered_within_days} days after a claim on {last}, its last day",
                fr=f"{rules.answered_within_days} jours après une demande faite le {last}, son dernier jour",
            ),
        )
