"""The order of the checks: the schema first; where it complains, the other checks keep silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from toolkit.inventory.components import Components, Part, told_already
from toolkit.inventory.crossrefs import check_references
from toolkit.inventory.finding import Finding
from toolkit.inventory.index import Index
from toolkit.inventory.networks import check_networks
from toolkit.inventory.readers.piece import BATCH
from toolkit.inventory.rules.judge import Judge
from toolkit.inventory.schema import check_header
from toolkit.inventory.secret_rules import check_secrets

Found = tuple[int | None, Finding]
"""A finding with the number of its component, or None: it points into the header."""


class Judging:
    """The checks of one inventory: its components part by part, in order, then the header and the whole."""

    def __init__(self, header: Any) -> None:
        self._header = header
        self._rules = Judge(header)
        self.index = Index(header, self._rules)
        self._told: list[tuple[int, Finding]] = []
        self._findings: list[tuple[int, Finding]] = []

    def add(self, part: Part) -> None:
        """The next components."""
        start = self.index.size
        self._told += [(start + number, finding) for number, finding in part.told]
        self._findings += [(start + number, finding) for number, finding in part.findings]
        self.index.add(part)

    def findings(self, *, complete: bool = True) -> list[Finding]:
        """Everything that was found, as pointers into the whole; with components missing, without what may be there."""
        self.index.whole &= complete
        secrets = check_secrets(self._header)
        told = self._by_schema(secrets)
        silent = {_key(number, finding) for number, finding in told if finding.rule != "INV-011"}
        return [
            *(_whole(number, finding) for number, finding in told),
            *(
                _whole(number, finding)
                for number, finding in self._others(secrets)
                if _key(number, finding) not in silent
            ),
        ]

    def apart(self) -> list[Finding]:
        """What the schema and the search for secrets say, whatever a piece holds that could not be read."""
        told = self._by_schema(check_secrets(self._header))
        # a section that is not there may be in that piece
        return [_whole(number, one) for number, one in told if (number, one.rule, one.path) != (None, "INV-011", "")]

    def _by_schema(self, secrets: list[Finding]) -> list[Found]:
        """Literal secrets, then what the schema says of the rest: of the header, then of the components."""
        literal = [finding for finding in secrets if finding.rule == "INV-040"]
        paths = {finding.path for finding in literal}
        value = self._header
        if self.index.size and isinstance(value, dict) and "components" not in value:
            # on lines of their own they leave nothing behind
            value = {**value, "components": []}
        header = [finding for finding in check_header(value) if not told_already(paths, finding)]
        return [*((None, finding) for finding in (*literal, *header)), *self._told]

    def _others(self, secrets: list[Finding]) -> Iterator[Found]:
        header = self._header
        for finding in (*check_references(header), *check_networks(header), *self._rules.header()):
            yield None, finding
        yield from ((None, finding) for finding in secrets if finding.rule != "INV-040")
        yield from self._findings
        yield from self.index.findings()


def findings(value: Any) -> list[Finding]:
    """What is wrong with an inventory as one plain value."""
    items: list[Any] = []
    header = value
    if isinstance(value, dict) and isinstance(value.get("components"), list):
        items = value["components"]
        header = {**value, "components": []}
    judging, components = Judging(header), Components(header)
    for start in range(0, len(items), BATCH):
        judging.add(components.part(items[start : start + BATCH]))
    return judging.findings()


def _key(number: int | None, finding: Finding) -> tuple[int | None, str]:
    return number, finding.path


def _whole(number: int | None, finding: Finding) -> Finding:
    if number is None:
        return finding
    return msgspec.structs.replace(finding, path=f"/components/{number}{finding.path}")
