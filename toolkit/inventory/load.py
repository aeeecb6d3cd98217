"""The one way in: files → schema → cross-references → service rules → frozen typed model, every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from toolkit.errors import InventoryInvalid, OnboardError, UsageError
from toolkit.inventory.crossrefs import check_references
from toolkit.inventory.files import find_pieces
from toolkit.inventory.finding import Finding
from toolkit.inventory.networks import check_networks
from toolkit.inventory.readers.place import Place, parts
from toolkit.inventory.rules import RULES
from toolkit.inventory.schema import check_schema
from toolkit.inventory.secret_rules import SECRET_NAME, check_secrets
from toolkit.inventory.service_rules import check_service
from toolkit.inventory.source import Source
from toolkit.model.inventory import Inventory, component_value
from toolkit.model.problem import Problem

_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{32,}|-----BEGIN.*")
_AFTER_NAME = re.compile(r"([\"']?[A-Za-z0-9_.-]+[\"']?\s*[:=]\s*)\S.*")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: counts, every problem in the order of the files, and the model when there is exactly one.

    ``inventory`` is None when several inventories were checked or when an error stands in the way.
    ``snippets`` holds the line of each problem by ``(file, line)``, without what may be a secret.
    """

    files: int
    components: int
    problems: tuple[Problem, ...]
    inventory: Inventory | None = None
    snippets: dict[tuple[str, int], str] = {}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are not mere warnings."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(path: Path | str) -> Inventory:
    """The inventory at ``path``: a file, a folder ``inventory/``, or a workspace that holds either.

    Raises UsageError for a missing path and InventoryInvalid for errors, all of them in ``details["problems"]``.
    """
    report = check([path])
    if report.inventory is None:
        count = len(report.errors)
        raise InventoryInvalid(
            f"{path}: {count} problem{'s' if count != 1 else ''} in the inventory",
            fix="onboard validate lists each with its place and its fix",
            details={"problems": [msgspec.to_builtins(problem) for problem in report.problems]},
        )
    return report.inventory


def check(paths: Sequence[Path | str]) -> Report:
    """Check each path as an inventory of its own; raises UsageError for a missing path, nothing else."""
    if not paths:
        raise UsageError("no inventory was named", fix="name a file or a workspace, examples/acme for one")
    files = components = 0
    problems: list[Problem] = []
    snippets: dict[tuple[str, int], str] = {}
    inventory: Inventory | None = None
    sources = [Source(find_pieces(Path(path))) for path in paths]
    for source in sources:
        found = check_source(source)
        files += len(source.files)
        components += source.components
        problems.extend(found)
        snippets.update(_snippets(source, found))
        if not any(problem.severity == "error" for problem in found):
            inventory = _typed(source.read())
    inventory = inventory if len(sources) == 1 else None
    return Report(files=files, components=components, problems=tuple(problems), inventory=inventory, snippets=snippets)


def check_source(source: Source) -> list[Problem]:
    """Every problem of one inventory, in the order of its text."""
    value = source.read()
    problems = [
        Problem(
            rule=refused.rule,
            file=file,
            line=refused.place.line if refused.place else None,
            column=refused.place.column if refused.place else None,
            sheet=refused.place.sheet if refused.place else None,
            cell=refused.place.cell if refused.place else None,
            message=refused.message,
            fix=RULES[refused.rule].fix,
        )
        for file, refused in (*source.refused, *source.unread)
    ]
    for file, finding in source.findings:
        place = source.pieces[file].locate(finding.path, key=finding.key)
        problems.append(_problem(finding, file, place, None))
    # with a piece missing, whatever it may hold cannot be judged
    if source.pieces and not source.refused:
        for finding in findings(value):
            file, place = source.locate(finding.path, key=finding.key)
            component = _component(value, finding.path)
            # what a part that was passed over holds is not known to be missing
            if finding.rule != "INV-020" or not source.unread:
                problems.append(_problem(finding, file, place, component))
    order = {file: index for index, file in enumerate(source.files)}
    return sorted(problems, key=lambda p: (order[p.file], p.line or 0, p.column or 0, p.rule, p.path))


def findings(value: Any) -> list[Finding]:
    """What is wrong with plain values: the schema first; where it complains, the other checks keep silent."""
    secrets = check_secrets(value)
    literal = {finding.path for finding in secrets if finding.rule == "INV-040"}
    by_schema = [finding for finding in check_schema(value) if not _told(literal, finding)]
    complained = literal | {finding.path for finding in by_schema if finding.rule != "INV-011"}
    others = [*check_references(value), *check_networks(value), *check_service(value)]
    others += [finding for finding in secrets if finding.rule != "INV-040"]
    return [
        *(finding for finding in secrets if finding.rule == "INV-040"),
        *by_schema,
        *(finding for finding in others if finding.path not in complained),
    ]


def _told(literal: Iterable[str], finding: Finding) -> bool:
    """Whether the finding about a literal secret says it already: at that value, or at an unknown field around it."""
    if finding.path in literal:
        return True
    return finding.rule == "INV-010" and any(secret.startswith(finding.path + "/") for secret in literal)


def _problem(finding: Finding, file: str, place: Place, component: str | None) -> Problem:
    return Problem(
        rule=finding.rule,
        severity=finding.severity,
        file=file,
        line=place.line,
        column=place.column,
        sheet=place.sheet,
        cell=place.cell,
        component=component,
        path=finding.path,
        message=finding.message,
        fix=finding.fix or RULES[finding.rule].fix,
    )


def _component(value: Any, path: str) -> str | None:
    steps = parts(path)
    if len(steps) < 2 or steps[0] != "components":
        return None
    item = value["components"][int(steps[1])]
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _snippets(source: Source, problems: list[Problem]) -> dict[tuple[str, int], str]:
    """The lines of the problems, without what a name or a shape gives away as a secret."""
    masked = {(problem.file, problem.line) for problem in problems if problem.rule in ("INV-040", "INV-041")}
    found: dict[tuple[str, int], str] = {}
    for problem in problems:
        if problem.line is None or (problem.file, problem.line) in found:
            continue
        line = source.line(problem.file, problem.line, problem.sheet)
        if (problem.file, problem.line) in masked or SECRET_NAME.search(line.lower()):
            line = _AFTER_NAME.sub(r"\1***", line, count=1) if _AFTER_NAME.search(line) else "***"
        # as long as what it hides, so that columns stay true
        found[problem.file, problem.line] = _BLOB.sub(lambda blob: "*" * len(blob[0]), line)
    return found


def _typed(value: Any) -> Inventory:
    components = [component_value(item) for item in value.get("components", ())]
    try:
        return msgspec.convert({**value, "components": components}, Inventory)
    except msgspec.ValidationError as error:
        raise OnboardError(
            f"the schema accepted what the model refuses: {error}", fix="report this: schema and model have drifted"
        ) from error
