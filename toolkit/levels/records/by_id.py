"""The records of a month by id: what names one is found without looking through all of them."""

from __future__ import annotations

from operator import attrgetter

from toolkit.levels.records.kinds import Change, Incident, Outage, Records

_id = attrgetter("id")


class ById:
    """Incidents, outages and changes, of whatever month they are."""

    def __init__(self, records: Records) -> None:
        self.incidents: dict[str, Incident] = dict(zip(map(_id, records.incidents), records.incidents, strict=True))
        self.outages: dict[str, Outage] = dict(zip(map(_id, records.outages), records.outages, strict=True))
        self.changes: dict[str, Change] = dict(zip(map(_id, records.changes), records.changes, strict=True))
