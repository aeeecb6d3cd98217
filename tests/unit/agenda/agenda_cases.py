"""The golden cases of the agenda: an inventory in each folder, and what is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
import yaml

from toolkit.agenda.calendars import calendar_of
from toolkit.agenda.entries import Calendar
from toolkit.agenda.event_limits import limits_of
from toolkit.agenda.event_plan import plan_event
from toolkit.agenda.ics import ics_bytes
from toolkit.agenda.present_calendar import calendar_lines
from toolkit.agenda.present_event import event_lines
from toolkit.catalogue import service
from toolkit.inventory.load import load
from toolkit.model.inventory import Inventory

GOLDEN = Path(__file__).parents[2] / "golden/agenda"


EXAMPLES = Path(__file__).parents[3] / "examples"
OF_EXAMPLES = ("acme", "summit", "support-desk", "telephony")


def cases() -> list[Path]:
    """The folders of cases with an inventory of their own, and those of workspaces in ``examples/``."""
    own = sorted(path.parent for path in GOLDEN.glob("*/inventory.yaml"))
    return [*own, *(GOLDEN / "examples" / name for name in OF_EXAMPLES)]


def inventory_of(case: Path) -> Inventory:
    """Its own inventory is not judged: some fields hold what no inventory may."""
    if case.parent.name == "examples":
        return load(EXAMPLES / case.name)
    return msgspec.convert(yaml.safe_load((case / "inventory.yaml").read_text("utf-8")), Inventory)


def calendar_for(inventory: Inventory) -> Calendar:
    return calendar_of(inventory, service(inventory.service))


def written(case: Path) -> dict[str, bytes]:
    """The files of a case by name."""
    inventory = inventory_of(case)
    calendar = calendar_for(inventory)
    found = {f"calendar.{language}.ics": ics_bytes(calendar, language) for language in ("en", "fr")}
    for language in ("en", "fr"):
        found[f"calendar.{language}.txt"] = _text(calendar_lines(calendar, language))
    if inventory.event is not None:
        limits = limits_of(service(inventory.service))
        plan = plan_event(inventory.event, commitment=inventory.customer.commitment, limits=limits)
        found["event.txt"] = _text(event_lines(plan))
    return found


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


LINE = re.compile(rb"[A-Z0-9-]+(;[A-Z0-9-]+=(\"[^\"\x00-\x1f]*\"|[^\";:,\x00-\x1f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*")


def content_lines(file: bytes) -> list[bytes]:
    """Unfolded content lines of RFC 5545 §3.1, read without a library; AssertionError for what is none."""
    assert file.endswith(b"\r\n")
    physical = file[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= 75, line
        assert b"\n" not in line, line
        assert b"\r" not in line, line
        line.decode("utf-8")  # no character is folded in two
    lines: list[bytes] = []
    for line in physical:
        if line[:1] in (b" ", b"\t"):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    for line in lines:
        assert LINE.fullmatch(line), line
    return lines
