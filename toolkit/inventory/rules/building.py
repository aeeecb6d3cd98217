"""What the customer gives before a build (SD-1 §1.4): an estimate assumes what is missing, an apply does not."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.inventory.finding import Finding
from toolkit.inventory.rules.header import APPLICATIONS, Header
from toolkit.inventory.rules.rule_kinds import broken
from toolkit.model.inventory import BuildInputs

NAMES = BuildInputs.__struct_fields__


def missing_inputs(header: Header) -> Iterator[Finding]:
    """That inputs are missing; asked only where something is built."""
    if header.service != APPLICATIONS or not isinstance(header.value, dict):
        return
    given = header.value.get("build_inputs", {})
    missing = [name.replace("_", " ") for name in NAMES if isinstance(given, dict) and name not in given]
    if missing:
        message = f"build inputs are missing: {', '.join(missing)}; an estimate assumes them, an apply is refused"
        yield broken("INV-103", "/build_inputs" if given else "", message, key=bool(given))


HEADER = ()
COMPONENT = ()
ACROSS = ()
