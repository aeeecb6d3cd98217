"""Calendars of the golden cases and of two examples, as they are or with other fields."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
from agenda_cases import GOLDEN, calendar_for, cases, inventory_of

from toolkit.agenda.entries import Calendar
from toolkit.clocks import BusinessCalendar
from toolkit.inventory.load import load
from toolkit.model.inventory import Commitment, Inventory

ROOT = Path(__file__).parents[3]
CASES = {case.relative_to(GOLDEN).as_posix(): inventory_of(case) for case in cases()} | {
    name: load(ROOT / "examples" / name) for name in ("acme", "bistro")
}
FRANCE = BusinessCalendar()
COMMITMENTS = st.builds(
    Commitment, start=st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31)), months=st.integers(1, 26)
)


def days(calendar: Calendar, kind: str) -> list[str]:
    return [entry.day.isoformat() for entry in calendar.entries if entry.kind == kind]


def changed(name: str, **fields: Any) -> Inventory:
    """A case with other fields of its customer or its own."""
    inventory = CASES[name]
    if "commitment" in fields:
        customer = msgspec.structs.replace(inventory.customer, commitment=fields.pop("commitment"))
        inventory = msgspec.structs.replace(inventory, customer=customer)
    return msgspec.structs.replace(inventory, **fields)


def begun(name: str, start: str, months: int) -> Calendar:
    return calendar_for(changed(name, commitment=Commitment(start=dt.date.fromisoformat(start), months=months)))
