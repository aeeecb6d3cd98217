"""The one way in: files → schema → cross-references → service rules, every problem at once; ``load`` adds the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from toolkit.collector import without_collection
from toolkit.errors import InventoryInvalid, UsageError
from toolkit.inventory.files import find_pieces
from toolkit.inventory.finding import Finding
from toolkit.inventory.index import Index
from toolkit.inventory.judging import Judging, findings
from toolkit.inventory.passes import Also, Reading
from toolkit.inventory.placing import in_order, problem, refusal, snippets
from toolkit.inventory.source import Source
from toolkit.inventory.typed import typed
from toolkit.model.inventory import Inventory
from toolkit.model.problem import Problem

__all__ = ["Report", "check", "check_source", "findings", "load", "refuse", "survey"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found: counts, and every problem in the order of the files.

    ``snippets`` holds the line of each problem by ``(file, line)``, without what may be a secret.
    """

    files: int
    components: int
    problems: tuple[Problem, ...]
    snippets: dict[tuple[str, int], str] = {}

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are not mere warnings."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(path: Path | str) -> Inventory:
    """The inventory at ``path``: a file, a folder ``inventory/``, or a workspace that holds either.

    Raises UsageError for a missing path and InventoryInvalid for errors, all of them in ``details["problems"]``.
    """
    with without_collection():
        source = Source(find_pieces(Path(path)))
        refuse(str(path), check_source(source))
        return typed(source.header, source.batches())


def refuse(path: str, problems: Sequence[Problem]) -> None:
    """Raise InventoryInvalid where one of an inventory's problems is an error."""
    count = sum(1 for problem in problems if problem.severity == "error")
    if count:
        raise InventoryInvalid(
            f"{path}: {count} problem{'s' if count != 1 else ''} in the inventory",
            fix="onboard validate lists each with its place and its fix",
            details={"problems": [msgspec.to_builtins(problem) for problem in problems]},
        )


def check(paths: Sequence[Path | str]) -> Report:
    """Check each path as an inventory of its own; raises UsageError for a missing path, nothing else."""
    if not paths:
        raise UsageError("no inventory was named", fix="name a file or a workspace, examples/acme for one")
    files = components = 0
    problems: list[Problem] = []
    lines: dict[tuple[str, int], str] = {}
    with without_collection():
        for pieces in [find_pieces(Path(path)) for path in paths]:
            source = Source(pieces)
            found = check_source(source)
            files += len(source.files)
            components += source.components
            problems.extend(found)
            lines.update(snippets(source, found))
    return Report(files=files, components=components, problems=tuple(problems), snippets=lines)


def check_source(source: Source) -> list[Problem]:
    """Every problem of one inventory, in the order of its text."""
    problems, _ = survey(source)
    return problems


def survey(
    source: Source, also: Also | None = None, sink: Callable[[Any], None] | None = None
) -> tuple[list[Problem], Index]:
    """Every problem of one inventory, and its index; ``sink`` is given, in order, what ``also`` makes of each batch."""
    judging = Judging(source.header)
    # closed at once on Ctrl-C, so that a second process does not outlive it
    with closing(source.each(Reading(source.header, also).parts)) as parts:
        for part, extra in parts:
            judging.add(part)
            if sink is not None:
                sink(extra)
    found = [refusal(file, refused) for file, refused in (*source.refused, *source.unread)]
    for file, finding in (*source.findings, *source.noted):
        found.append(problem(finding, file, source.pieces[file].locate(finding.path, key=finding.key)))
    if source.refused and source.pieces:
        # with a piece missing, whatever it may hold cannot be judged
        broken = {file for file, _ in source.refused}
        found += [one for one in _placed(source, judging, judging.apart()) if one.file not in broken]
    elif source.pieces:
        found += _placed(source, judging, judging.findings(complete=not source.unread))
    return in_order(found, source.files), judging.index


def _placed(source: Source, judging: Judging, found: list[Finding]) -> Iterator[Problem]:
    names = judging.index.names
    # places are cheapest in the order of the files
    for number, finding in sorted(((_number(finding), finding) for finding in found), key=lambda pair: pair[0]):
        file, place = source.locate(finding.path, key=finding.key)
        yield problem(finding, file, place, names[number] if number >= 0 else None)


def _number(finding: Finding) -> int:
    """The number of the component that a finding is about; below zero where it is about none."""
    steps = finding.path.split("/", 3)
    return int(steps[2]) if len(steps) > 2 and steps[1] == "components" else -1
