"""A folder of records → typed, sorted records; every problem at once, and notes on what was read otherwise (exit 3).

Rules: REC-001 the file cannot be read · REC-002 a column · REC-003 a cell · REC-004 an end before its start ·
REC-005 a line or an id twice · REC-006 a reference between records · REC-007 a time that has not come yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import RecordsInvalid, UsageError
from toolkit.levels.records.cells import Known, nearest
from toolkit.levels.records.columns import shapes
from toolkit.levels.records.episodes import EPISODES, read_episodes
from toolkit.levels.records.findings import Findings
from toolkit.levels.records.kinds import Exclusion, Incident, Note, Outage, Records
from toolkit.levels.records.rows import SUFFIXES
from toolkit.levels.records.typed import read_file


def read_records(folder: Path, known: Known, *, not_after: int | None = None) -> Records:
    """All records of a folder; a missing file is a kind without records.

    ``not_after``: the present, in epoch seconds; a later time is then a problem. Raises RecordsInvalid with every
    problem, UsageError where one kind has two files or ``folder`` is none.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", fix="name the folder of the records: --records DIR")
    findings = Findings()
    present: list[str] = []
    found: dict[str, tuple[Any, ...]] = {}
    for kind, shape in shapes(known).items():
        file = _file_of(folder, kind)
        if file is not None:
            present.append(kind)
            found[kind] = tuple(read_file(file, shape, findings, not_after=not_after))
    episodes = _file_of(folder, EPISODES)
    if episodes is not None:
        present.append(EPISODES)
        told = read_episodes(episodes, known, findings.complainer(episodes), findings.notes.append)
        found["incidents"] = tuple(sorted((*found.get("incidents", ()), *told), key=lambda one: (one.opened, one.id)))
    _references(found.get("outages", ()), found.get("incidents", ()), findings)
    _scopes(found.get("exclusions", ()), findings)
    if findings.problems:
        problems = sorted(findings.problems, key=lambda one: (one.file, one.line or 0))
        raise RecordsInvalid(
            f"{folder}: {len(problems)} problem{'' if len(problems) == 1 else 's'} in the records",
            fix="correct each line; nothing is computed from a part of the records",
            details={"problems": [msgspec.to_builtins(problem) for problem in problems]},
        )
    return Records(**found, notes=tuple(findings.notes), present=tuple(present))


def _references(outages: tuple[Outage, ...], incidents: tuple[Incident, ...], findings: Findings) -> None:
    """Outages name their incident; those of one component that overlap are merged, which a note says."""
    ids = {incident.id for incident in incidents}
    by_component: dict[str, list[Outage]] = defaultdict(list)
    for outage in outages:
        if outage.incident is not None and outage.incident not in ids:
            told = f"there is no incident {outage.incident!r}"
            place = (outage.file, outage.line, "incident")
            findings.problem("REC-006", place, told, nearest(outage.incident, ids))
        by_component[outage.component].append(outage)
    for some in by_component.values():
        _overlaps(some, findings)


def _overlaps(outages: Iterable[Outage], findings: Findings) -> None:
    latest: Outage | None = None
    for outage in outages:
        if latest is not None and (latest.end is None or outage.start < latest.end):
            named = {"other": latest.id, "component": outage.component}
            findings.notes.append(
                Note(file=outage.file, line=outage.line, record=outage.id, key="overlaps", named=named)
            )
        if latest is None or (latest.end is not None and (outage.end is None or outage.end > latest.end)):
            latest = outage


def _scopes(exclusions: tuple[Exclusion, ...], findings: Findings) -> None:
    """An exclusion says whom it excludes."""
    for one in exclusions:
        if one.tenant is None and not one.components:
            told = "it names neither a tenant nor components"
            findings.problem("REC-006", (one.file, one.line, "tenant"), told, "name the tenant that it holds for")


def _file_of(folder: Path, kind: str) -> Path | None:
    files = [folder / f"{kind}{suffix}" for suffix in SUFFIXES if (folder / f"{kind}{suffix}").is_file()]
    if len(files) > 1:
        raise UsageError(
            f"{folder} has {files[0].name} and {files[1].name}", fix="keep one file for each kind of record"
        )
    return files[0] if files else None
