"""From a workspace and its records to a month's report: levels and credits, response times, or priorities."""

from __future__ import annotations

from pathlib import Path

import msgspec

from toolkit import catalogue
from toolkit.clocks import epoch, instant
from toolkit.collector import without_collection
from toolkit.errors import UsageError
from toolkit.inventory.load import load
from toolkit.levels.month import month_figures
from toolkit.levels.period import Period, period
from toolkit.levels.present import figures, priority_lines, report_lines, response_lines, words
from toolkit.levels.priority import prioritised
from toolkit.levels.records.cells import Known
from toolkit.levels.records.kinds import Records
from toolkit.levels.records.read import read_records
from toolkit.levels.response import responded, severities_of
from toolkit.levels.texts import say
from toolkit.levels.units import charge_ids, record_ids
from toolkit.levels.what_if import what_if
from toolkit.model.inventory import Inventory
from toolkit.model.levels import LevelsReport, PriorityReport, ResponseReport
from toolkit.model.service import Service
from toolkit.pipeline.workspace import Workspace
from toolkit.report.levels import as_html

FOLDER = "records"
"""Where a workspace keeps its records."""

Report = LevelsReport | ResponseReport | PriorityReport


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a month; ``language`` None: the customer's. ``as_of``: the present, as text; later times are refused."""

    month: str
    records: Path | None = None
    what_if: str | None = None
    language: str | None = None
    as_of: str | None = None


class Levelled(msgspec.Struct, frozen=True, kw_only=True):
    """A report with what its words need."""

    report: Report
    title: str
    language: str

    def lines(self, *, explain: bool) -> list[str]:
        """The report for people."""
        if isinstance(self.report, ResponseReport):
            return list(response_lines(self.report))
        if isinstance(self.report, PriorityReport):
            return list(priority_lines(self.report))
        return list(report_lines(self.report, title=self.title, language=self.language, explain=explain))

    def html(self) -> str:
        """The page; UsageError for response times and priorities, which have none."""
        if not isinstance(self.report, LevelsReport):
            raise UsageError(f"{self.report.description} has no page of levels", fix="take --format text or json")
        said = words(self.language)
        title = said["title"].format(service=self.title, customer=self.report.customer, month=self.report.month)
        return as_html(self.report, title=title, language=self.language, words=said, figures=figures())


def levels(workspace: Workspace, asked: Asked) -> Levelled:
    """The month's report. Raises InventoryInvalid, RecordsInvalid (3) and UsageError (2)."""
    with without_collection():
        return _levels(workspace, asked)


def _levels(workspace: Workspace, asked: Asked) -> Levelled:
    inventory = load(workspace.root)
    service = catalogue.service(inventory.service)
    month = period(asked.month)
    now = None if asked.as_of is None else epoch(instant(asked.as_of))
    records, missing = _records(workspace, asked, known_ids(inventory, service), now)
    language = asked.language or inventory.customer.language
    report = _report(inventory, service, records, month, asked=asked, language=language)
    if missing:
        report = msgspec.structs.replace(report, notes=(*report.notes, say(language, "no-folder", folder=FOLDER)))
    return Levelled(report=report, title=service.title.of(language), language=language)


def known_ids(inventory: Inventory, service: Service) -> Known:
    """Every id that a record may name."""
    matrix = service.priority_matrix
    return Known(
        components=record_ids(inventory, service),
        tenants=frozenset(one.id for one in inventory.tenants),
        functions=charge_ids(inventory, service),
        severities=frozenset(severities_of(service)),
        urgencies=frozenset(matrix.urgencies if matrix else ()),
    )


def _records(workspace: Workspace, asked: Asked, known: Known, now: int | None) -> tuple[Records, bool]:
    folder = asked.records or workspace.root / FOLDER
    if asked.records is None and not folder.is_dir():
        return Records(), True
    return read_records(folder, known, not_after=now), False


def _report(
    inventory: Inventory, service: Service, records: Records, month: Period, *, asked: Asked, language: str
) -> Report:
    customer = inventory.customer.id
    if service.levels.availability is not None:
        report = month_figures(inventory, service, records, month, language=language)
        if asked.what_if is None:
            return report
        found = what_if(
            asked.what_if,
            report,
            inventory=inventory,
            service=service,
            records=records,
            period=month,
            language=language,
        )
        return msgspec.structs.replace(report, what_if=found)
    if asked.what_if is not None:
        raise UsageError(f"{service.description} has no credits", fix="leave out --what-if")
    if service.levels.response is not None:
        tier = inventory.subscription.tier if inventory.subscription else None
        outside = sum(not month.has(one.recorded) for one in records.cases)
        found_cases = responded(service, records.cases, month, tier=tier, customer=customer)
        return msgspec.structs.replace(found_cases, notes=_outside("cases", outside, language))
    if service.priority_matrix is not None:
        outside = sum(not month.touches(one.opened, one.resolved) for one in records.incidents)
        managed = frozenset(one.id for one in inventory.components)
        ranked = prioritised(
            service, service.priority_matrix, records.incidents, month, customer=customer, managed=managed
        )
        return msgspec.structs.replace(ranked, notes=_outside("incidents", outside, language))
    raise UsageError(
        f"{service.id} ({service.description}) promises no levels in figures",
        fix="see what it promises: onboard catalogue show " + service.description,
    )


def _outside(kind: str, count: int, language: str) -> tuple[str, ...]:
    return (say(language, f"outside-{kind}", count=count),) if count else ()
